#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

/// The fields of a payload: little-endian numbers, and texts behind their length (4 bytes).
namespace rcache::backup {

/// Puts fields at the end of a text.
class FieldWriter {
 public:
  explicit FieldWriter(std::string& out) : out_(out) {}

  void u8(std::uint8_t number) { put(number, 1); }
  void u16(std::uint16_t number) { put(number, 2); }
  void u32(std::uint32_t number) { put(number, 4); }
  void u64(std::uint64_t number) { put(number, 8); }
  void i32(std::int32_t number) { u32(static_cast<std::uint32_t>(number)); }
  void i64(std::int64_t number) { u64(static_cast<std::uint64_t>(number)); }
  void text(std::string_view bytes);
  void list(const std::vector<std::string>& texts);

 private:
  void put(std::uint64_t number, unsigned bytes);
  std::string& out_;
};

/// Takes fields from the front of bytes that nobody vouches for.
///
/// After the first field that does not fit every other one reads as 0 or empty, and end() says what
/// was wrong: a parser reads all of them and asks once.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : left_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(take(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(take(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(take(4)); }
  std::uint64_t u64() { return take(8); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::int64_t i64() { return static_cast<std::int64_t>(u64()); }
  std::string text();
  std::vector<std::string> list();

  /// Makes the payload wrong for a reason of its owner's.
  void reject(const char* why);

  /// Errors:  usage: a field does not fit, or bytes are left over.
  Result<void> end();

 private:
  std::uint64_t take(unsigned bytes);
  std::string_view left_;
  const char* problem_ = nullptr;
};

}  // namespace rcache::backup
