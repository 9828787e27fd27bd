#include "commands/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "core/key.h"

namespace rcache {
namespace {

constexpr std::size_t k_largest = std::size_t{16} << 20;

/// Reads to the end. Out: 0, or the errno that stopped it.
int read_all(int file, std::string& text) {
  char part[16384];
  for (;;) {
    const auto got = ::read(file, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return 0;
    text.append(part, static_cast<std::size_t>(got));
    if (text.size() > k_largest) return EFBIG;
  }
}

/// Writes and syncs. Out: 0, or the errno that stopped it.
int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0 ? 0 : errno;
}

/// The mode of the file that is there, or what the umask leaves of 0666.
mode_t mode_for(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return status.st_mode & 0777U;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666U & ~mask;
}

/// The name of a directory entry outlives a power cut once its folder is synced; where the system
/// cannot, the file is still whole.
void sync_folder_of(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

Result<std::string> read_text_file(std::string_view flag, const std::string& path,
                                   std::string hint) {
  std::string text;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  int error = file < 0 ? errno : read_all(file, text);
  if (file >= 0) ::close(file);
  if (error == 0) return text;
  return fail(ErrorKind::usage,
              fmt::format("{}: cannot read '{}': {}", flag, printable(path), std::strerror(error)),
              std::move(hint));
}

Result<void> write_text_file(std::string_view flag, const std::string& path,
                             std::string_view text) {
  const auto cannot = [&](int error) {
    return fail(ErrorKind::output, fmt::format("{}: cannot write '{}': {}", flag, printable(path),
                                               std::strerror(error)));
  };
  std::error_code ignored;
  // A device or a pipe has no old content to keep, and must not be replaced by a file.
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0) return cannot(errno);
    const int error = write_all(file, text);
    ::close(file);
    if (error != 0 && error != EINVAL) return cannot(error);  // EINVAL: it cannot be synced
    return {};
  }
  auto target = std::filesystem::weakly_canonical(path, ignored);
  if (ignored || target.empty()) target = path;
  std::string temporary = target.string() + ".XXXXXX";
  const int file = ::mkstemp(temporary.data());
  if (file < 0) return cannot(errno);
  int error = ::fchmod(file, mode_for(target.string())) == 0 ? write_all(file, text) : errno;
  if (::close(file) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    return cannot(error);
  }
  sync_folder_of(target);
  return {};
}

}  // namespace rcache
