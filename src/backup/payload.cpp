#include "backup/payload.h"

#include <algorithm>

#include "backup/record.h"

namespace rcache::backup {
namespace {

constexpr std::size_t k_length_bytes = 4;

}  // namespace

void FieldWriter::text(std::string_view bytes) {
  u32(static_cast<std::uint32_t>(bytes.size()));
  out_ += bytes;
}

void FieldWriter::list(const std::vector<std::string>& texts) {
  u32(static_cast<std::uint32_t>(texts.size()));
  for (const auto& each : texts) text(each);
}

void FieldWriter::put(std::uint64_t number, unsigned bytes) {
  for (unsigned at = 0; at < bytes; ++at) {
    out_ += static_cast<char>(static_cast<unsigned char>(number >> (8 * at)));
  }
}

std::string FieldReader::text() {
  const std::size_t size = u32();
  if (size > left_.size()) {
    reject("a text is longer than its record");
    return {};
  }
  std::string out(left_.substr(0, size));
  left_.remove_prefix(size);
  return out;
}

std::vector<std::string> FieldReader::list() {
  const std::size_t size = u32();
  // An empty text takes 4 bytes here and 32 in memory: the room of the record is no bound.
  if (size > std::min(left_.size() / k_length_bytes, k_max_members)) {
    reject("a list is longer than it can be");
    return {};
  }
  std::vector<std::string> out;
  out.reserve(size);
  while (out.size() < size && problem_ == nullptr) out.push_back(text());
  return out;
}

void FieldReader::reject(const char* why) {
  if (problem_ == nullptr) problem_ = why;
  left_ = {};
}

Result<void> FieldReader::end() {
  if (!left_.empty()) reject("it has more bytes than its fields");
  if (problem_ != nullptr) return fail(ErrorKind::usage, problem_);
  return {};
}

std::uint64_t FieldReader::take(unsigned bytes) {
  if (left_.size() < bytes) {
    reject("it is too short for its fields");
    return 0;
  }
  std::uint64_t number = 0;
  for (unsigned at = 0; at < bytes; ++at) {
    number |= std::uint64_t{static_cast<unsigned char>(left_[at])} << (8 * at);
  }
  left_.remove_prefix(bytes);
  return number;
}

}  // namespace rcache::backup
