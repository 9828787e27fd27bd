#include "file/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "core/key.h"

namespace rcache::file {
namespace {

constexpr mode_t k_mode = 0600;

struct Place {
  std::string folder;
  std::string name;
};

Place split(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

/// What an error says of: the kind of file and its path.
struct Wanted {
  const std::string& path;
  std::string_view kind;
};

tl::unexpected<Error> refuse(ErrorKind kind, const Wanted& wanted, std::string_view why,
                             std::string hint = {}) {
  return fail(kind,
              fmt::format("cannot make the {} '{}': {}", wanted.kind, printable(wanted.path), why),
              std::move(hint));
}

tl::unexpected<Error> refuse_folder(const Wanted& wanted, const Place& place, int number) {
  const bool missing = number == ENOENT || number == ENOTDIR;
  return refuse(missing ? ErrorKind::usage : ErrorKind::output, wanted,
                fmt::format("folder '{}': {}", printable(place.folder), std::strerror(number)),
                missing ? "make the folder first, or name another one" : "");
}

/// Who may rename files in the folder can put another one in the place of ours.
Result<void> check_folder(const Wanted& wanted, const Place& place, int folder) {
  struct stat status {};
  if (::fstat(folder, &status) != 0) return refuse_folder(wanted, place, errno);
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return refuse(ErrorKind::usage, wanted,
                  fmt::format("folder '{}' belongs to another user ({})", printable(place.folder),
                              status.st_uid),
                  "name a file in a folder of your own");
  }
  if ((status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0) {
    return refuse(ErrorKind::usage, wanted,
                  fmt::format("everybody may replace files in folder '{}' (mode {:04o})",
                              printable(place.folder), status.st_mode & 07777U),
                  fmt::format("chmod o-w {}", printable(place.folder)));
  }
  return {};
}

tl::unexpected<Error> refuse_existing(const Wanted& wanted, const NewFile& made) {
  struct stat status {};
  const bool link =
      ::fstatat(made.folder.get(), made.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISLNK(status.st_mode);
  return refuse(ErrorKind::usage, wanted, link ? "it is a symbolic link" : "it exists already",
                fmt::format("name a new file: a {} never overwrites anything", wanted.kind));
}

}  // namespace

Result<NewFile> make_new_file(const std::string& path, std::string_view kind) {
  const Wanted wanted{path, kind};
  const auto place = split(path);
  if (place.name.empty()) return refuse(ErrorKind::usage, wanted, "it names no file");
  NewFile out;
  out.name = place.name;
  // What is checked is the folder that is open, and the file is made in that one.
  out.folder = Descriptor(::open(place.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!out.folder) return refuse_folder(wanted, place, errno);
  const auto safe = check_folder(wanted, place, out.folder.get());
  if (!safe) return fail(safe.error());
  out.file = Descriptor(::openat(out.folder.get(), out.name.c_str(),
                                 O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_WRONLY, k_mode));
  if (!out.file && errno == EEXIST) return refuse_existing(wanted, out);
  if (!out.file) return refuse(ErrorKind::output, wanted, std::strerror(errno));
  if (::fchmod(out.file.get(), k_mode) != 0) {
    const int number = errno;
    remove_file(out);
    return refuse(ErrorKind::output, wanted, std::strerror(number));
  }
  return out;
}

int write_all(const Descriptor& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto done = ::write(file.get(), bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return done < 0 ? errno : EIO;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return 0;
}

int sync_data(const Descriptor& file) {
  while (::fdatasync(file.get()) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

void remove_file(const NewFile& file) {
  ::unlinkat(file.folder.get(), file.name.c_str(), 0);
}

int sync_folder(const NewFile& file) {
  // EINVAL: some network file systems cannot sync a folder, and need not.
  return ::fsync(file.folder.get()) == 0 || errno == EINVAL ? 0 : errno;
}

}  // namespace rcache::file
