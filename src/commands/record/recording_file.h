#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/error.h"
#include "file/new_file.h"
#include "trace/hash.h"

namespace rcache::record {

/// The file that is being recorded to: new, 0600, never through a symbolic link. It is taken away
/// again unless keep() was called.
class RecordingFile {
 public:
  /// Errors:  usage when the path exists or the folder is not safe; output for what the system
  ///          refuses.
  static Result<std::unique_ptr<RecordingFile>> create(const std::string& path);
  ~RecordingFile();
  RecordingFile(const RecordingFile&) = delete;
  RecordingFile& operator=(const RecordingFile&) = delete;

  /// Errors:  output, naming the path and the system's word.
  Result<void> append(std::string_view block);
  /// From here on what is in it stays, whatever happens.
  void keep() { kept_ = true; }
  /// Waits until all is on the disk.
  Result<void> sync();

  std::uint64_t bytes() const { return bytes_; }

 private:
  RecordingFile(std::string path, file::NewFile file);
  tl::unexpected<Error> cannot_write(int number) const;

  std::string path_;
  file::NewFile file_;
  std::uint64_t bytes_ = 0;
  bool kept_ = false;
};

/// 128 bits that nobody can guess.
/// Errors:  output when the system has none.
Result<trace::SecretKey> random_secret();

}  // namespace rcache::record
