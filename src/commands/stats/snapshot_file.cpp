#include "commands/stats/snapshot_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "commands/stats/render.h"
#include "core/key.h"

namespace rcache::stats {
namespace {

tl::unexpected<Error> cannot_write(const std::string& path, int error) {
  return fail(ErrorKind::output,
              fmt::format("--save: cannot write '{}': {}", printable(path), std::strerror(error)),
              "nothing was saved");
}

/// Writes and syncs. Out: 0, or the errno that stopped it.
int fill(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0 ? 0 : errno;
}

}  // namespace

Result<Snapshot> read_snapshot_file(const std::string& path) {
  std::ifstream file(path);
  const int error = errno;
  std::ostringstream text;
  if (file) text << file.rdbuf();
  std::error_code ignored;
  const bool directory = std::filesystem::is_directory(path, ignored);
  if (!file || directory) {
    return fail(ErrorKind::usage,
                fmt::format("--since: cannot read '{}': {}", printable(path),
                            std::strerror(directory ? EISDIR : error)),
                "write one first: rcache stats --save FILE");
  }
  auto snapshot = parse_snapshot(text.str());
  if (!snapshot) {
    return fail(ErrorKind::usage,
                fmt::format("--since: '{}' {}", printable(path), snapshot.error().message),
                snapshot.error().hint);
  }
  return snapshot;
}

Result<void> write_snapshot_file(const std::string& path, const Snapshot& snapshot) {
  std::string temporary = path + ".XXXXXX";
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) return cannot_write(path, errno);
  int error = fill(descriptor, snapshot_json(snapshot));
  ::close(descriptor);
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(temporary.c_str());
  return cannot_write(path, error);
}

}  // namespace rcache::stats
