#include "backup/file_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/key.h"

namespace rcache::backup {
namespace {

constexpr std::size_t k_window_bytes = std::size_t{256} << 10U;

Error cannot_read(ErrorKind kind, const std::string& path, std::string_view why,
                  std::string hint = {}) {
  return {kind, fmt::format("cannot read the backup file '{}': {}", printable(path), why),
          std::move(hint)};
}

tl::unexpected<Error> refuse(const std::string& path, std::string_view why, std::string hint = {}) {
  return fail(cannot_read(ErrorKind::usage, path, why, std::move(hint)));
}

Result<void> check(const std::string& path, const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return refuse(path, "it is a folder");
  if (!S_ISREG(status.st_mode)) return refuse(path, "it is not a regular file");
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return refuse(
        path,
        fmt::format("it belongs to another user ({}), who decides what is in it", status.st_uid),
        "if you trust that user, make it yours: chown");
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return refuse(path,
                  fmt::format("others may write to it (mode {:04o})", status.st_mode & 07777U),
                  fmt::format("if nobody did, chmod go-w {}", printable(path)));
  }
  return {};
}

}  // namespace

FileBytes::FileBytes(std::string path, file::Descriptor file, std::uint64_t size)
    : path_(std::move(path)), file_(std::move(file)), size_(size) {}

Result<FileBytes> FileBytes::open(const std::string& path) {
  file::Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ELOOP) {
    return refuse(path, "it is a symbolic link", "name the file that it points to");
  }
  if (!file) return refuse(path, std::strerror(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return refuse(path, std::strerror(errno));
  const auto safe = check(path, status);
  if (!safe) return fail(safe.error());
  return FileBytes(path, std::move(file), static_cast<std::uint64_t>(status.st_size));
}

std::string_view FileBytes::view(std::uint64_t offset, std::size_t bytes) {
  if (offset >= size_) return {};
  bytes = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, size_ - offset));
  const bool there = offset >= window_offset_ && offset + bytes <= window_offset_ + window_.size();
  if (!there && !failure_) fill(offset, std::max(bytes, k_window_bytes));
  if (failure_) return {};
  return std::string_view(window_).substr(static_cast<std::size_t>(offset - window_offset_), bytes);
}

/// Moves the window to `offset`.
void FileBytes::fill(std::uint64_t offset, std::size_t bytes) {
  if (window_.size() > k_window_bytes)
    std::string().swap(window_);  // the room of a large record is given back
  window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, size_ - offset)));
  window_offset_ = offset;
  std::size_t got = 0;
  while (got < window_.size()) {
    const auto done = ::pread(file_.get(), window_.data() + got, window_.size() - got,
                              static_cast<off_t>(offset + got));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return fail_with(std::strerror(errno));
    if (done == 0) return fail_with("it became shorter while it was read");
    got += static_cast<std::size_t>(done);
  }
}

void FileBytes::fail_with(std::string_view why) {
  failure_ = cannot_read(ErrorKind::output, path_, why);
  window_.clear();
}

}  // namespace rcache::backup
