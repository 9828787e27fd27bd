#include "commands/record/recording_file.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "core/key.h"

namespace rcache::record {

RecordingFile::RecordingFile(std::string path, file::NewFile file)
    : path_(std::move(path)), file_(std::move(file)) {}

RecordingFile::~RecordingFile() {
  if (!kept_) file::remove_file(file_);
}

Result<std::unique_ptr<RecordingFile>> RecordingFile::create(const std::string& path) {
  auto made = file::make_new_file(path, "recording");
  if (!made) return fail(std::move(made).error());
  return std::unique_ptr<RecordingFile>(new RecordingFile(path, std::move(*made)));
}

tl::unexpected<Error> RecordingFile::cannot_write(int number) const {
  return fail(ErrorKind::output, fmt::format("cannot write the recording '{}': {}",
                                             printable(path_), std::strerror(number)));
}

Result<void> RecordingFile::append(std::string_view block) {
  if (const int problem = file::write_all(file_.file, block); problem != 0)
    return cannot_write(problem);
  bytes_ += block.size();
  return {};
}

Result<void> RecordingFile::sync() {
  int problem = file::sync_data(file_.file);
  if (problem == 0) problem = file::sync_folder(file_);
  if (problem != 0) return cannot_write(problem);
  return {};
}

Result<trace::SecretKey> random_secret() {
  trace::SecretKey secret{};
  while (::getrandom(secret.data(), sizeof secret, 0) != sizeof secret) {
    if (errno == EINTR) continue;
    return fail(ErrorKind::output,
                fmt::format("the system gives no random bytes: {}", std::strerror(errno)));
  }
  return secret;
}

}  // namespace rcache::record
