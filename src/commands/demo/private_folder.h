#pragma once

#include <string>
#include <utility>

#include "core/error.h"

namespace rcache::demo {

/// A new empty folder that only this user can enter, removed with its owner and all that is in it.
class PrivateFolder {
 public:
  /// Makes it under $XDG_RUNTIME_DIR, else $TMPDIR, else /tmp: the first where that works and whose
  /// path leaves room for a unix socket in the folder.
  ///
  /// Errors:  connect, with the reason for /tmp.
  /// Source:  unix(7): the path of a socket has 108 bytes with its final NUL.
  static Result<PrivateFolder> make();

  PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder();

  const std::string& path() const { return path_; }

 private:
  explicit PrivateFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace rcache::demo
