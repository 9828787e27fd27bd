#pragma once

#include <string>
#include <string_view>

namespace rcache::test {

/// A folder of mode 0700, removed with all that is in it at the end.
///
/// Out:     `path()` is absolute and short enough for a unix socket in it, since sun_path ends at
///          108 bytes: a long TMPDIR is passed over in favour of /tmp.
/// All folders of a test program lie in one, and a watcher removes that one even when the test
/// program crashes or is killed.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  /// The path of `name` in it.
  [[nodiscard]] std::string file(std::string_view name) const;

  /// Writes a file of mode 0600 and returns its path.
  std::string write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

/// The bytes of a file, or nothing if it cannot be read.
std::string read_file(const std::string& path);

}  // namespace rcache::test
