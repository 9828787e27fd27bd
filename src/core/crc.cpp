#include "core/crc.h"

#include <array>

namespace rcache {
namespace {

/// Table `n` says what a byte does to the checksum when `n` more bytes follow it: eight bytes are
/// taken at a time, since every byte of a file is summed.
template <typename Word>
using Tables = std::array<std::array<Word, 256>, 8>;

template <typename Word>
constexpr Tables<Word> make_tables(Word reflected_polynomial) {
  Tables<Word> tables{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    Word crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1U) != 0 ? (crc >> 1U) ^ reflected_polynomial : crc >> 1U;
    }
    tables[0][byte] = crc;
  }
  for (std::size_t follow = 1; follow < tables.size(); ++follow) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const Word crc = tables[follow - 1][byte];
      tables[follow][byte] = (crc >> 8U) ^ tables[0][crc & 0xffU];
    }
  }
  return tables;
}

constexpr auto k_castagnoli = make_tables(std::uint32_t{0x82f63b78});
constexpr auto k_jones = make_tables(std::uint64_t{0x95ac9329ac4bc9b5});

std::uint64_t next_eight(std::string_view bytes) {
  std::uint64_t word = 0;
  for (unsigned at = 0; at < 8; ++at) {
    word |= std::uint64_t{static_cast<unsigned char>(bytes[at])} << (8 * at);
  }
  return word;
}

template <typename Word>
Word sum(const Tables<Word>& tables, std::string_view bytes, Word crc) {
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    const std::uint64_t word = next_eight(bytes) ^ crc;
    crc = 0;
    for (unsigned at = 0; at < 8; ++at) crc ^= tables[7 - at][word >> (8 * at) & 0xffU];
  }
  for (const char byte : bytes) {
    crc = (crc >> 8U) ^ tables[0][(crc ^ static_cast<unsigned char>(byte)) & 0xffU];
  }
  return crc;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t so_far) {
  return ~sum(k_castagnoli, bytes, ~so_far);
}

std::uint64_t crc64(std::string_view bytes, std::uint64_t so_far) {
  return sum(k_jones, bytes, so_far);
}

}  // namespace rcache
