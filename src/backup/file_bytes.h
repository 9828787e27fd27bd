#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "file/descriptor.h"

namespace rcache::backup {

/// The bytes of a file that we trust to be ours, read through a window.
class FileBytes {
 public:
  /// Opens it: not through a symbolic link, without waiting (a FIFO), a regular file that belongs
  /// to us or root and that nobody else may write. What is in it goes into a server, and a forged
  /// DUMP can crash one.
  ///
  /// Errors:  usage, naming the path, what is wrong and what to do.
  static Result<FileBytes> open(const std::string& path);

  std::uint64_t size() const { return size_; }

  /// `bytes` bytes from `offset` on, good until the next call; fewer at the end of the file, and
  /// none after a failure().
  std::string_view view(std::uint64_t offset, std::size_t bytes);

  /// Why the file could not be read, once that happened: kind output.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  FileBytes(std::string path, file::Descriptor file, std::uint64_t size);
  void fill(std::uint64_t offset, std::size_t bytes);
  void fail_with(std::string_view why);

  std::string path_;
  file::Descriptor file_;
  std::uint64_t size_;
  std::uint64_t window_offset_ = 0;
  std::string window_;
  std::optional<Error> failure_;
};

}  // namespace rcache::backup
