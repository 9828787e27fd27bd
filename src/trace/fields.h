#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rcache::trace {

/// Appends numbers to a payload.
class FieldWriter {
 public:
  explicit FieldWriter(std::string& out) : out_(out) {}

  void u8(std::uint8_t number) { out_ += static_cast<char>(number); }
  void u32(std::uint32_t number) { fixed(number, 4); }
  void u64(std::uint64_t number) { fixed(number, 8); }
  void varint(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7U) out_ += static_cast<char>(number | 0x80U);
    out_ += static_cast<char>(number);
  }
  void zigzag(std::int64_t number) {
    varint((static_cast<std::uint64_t>(number) << 1U) ^
           static_cast<std::uint64_t>(number < 0 ? -1 : 0));
  }
  void text(std::string_view bytes) {
    varint(bytes.size());
    out_ += bytes;
  }

 private:
  void fixed(std::uint64_t number, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out_ += static_cast<char>(number >> (8 * i) & 0xffU);
  }
  std::string& out_;
};

/// Takes them off again. Once something was not there, all that follows is 0 and good() is false.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(fixed(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(fixed(4)); }
  std::uint64_t u64() { return fixed(8); }
  std::uint64_t varint() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = fixed(1);
      number |= (byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) return good_ ? number : 0;
    }
    good_ = false;
    return 0;
  }
  std::int64_t zigzag() {
    const auto number = varint();
    return static_cast<std::int64_t>((number >> 1U) ^ (~(number & 1U) + 1U));
  }
  std::string_view text() {
    const auto size = varint();
    if (size > bytes_.size()) good_ = false;
    if (!good_) return {};
    const auto out = bytes_.substr(0, static_cast<std::size_t>(size));
    bytes_.remove_prefix(static_cast<std::size_t>(size));
    return out;
  }

  bool good() const { return good_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::uint64_t fixed(unsigned bytes) {
    if (!good_ || bytes_.size() < bytes) {
      good_ = false;
      return 0;
    }
    std::uint64_t number = 0;
    for (unsigned i = 0; i < bytes; ++i) {
      number |= std::uint64_t{static_cast<unsigned char>(bytes_[i])} << (8 * i);
    }
    bytes_.remove_prefix(bytes);
    return number;
  }

  std::string_view bytes_;
  bool good_ = true;
};

}  // namespace rcache::trace
