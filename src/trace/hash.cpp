#include "trace/hash.h"

#include <bit>
#include <cstring>

namespace rcache::trace {
namespace {

inline std::uint64_t little_endian(const char* at, std::size_t count) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, count);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// Both halves of a 128-bit product folded into one word.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void take(std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

}  // namespace

std::uint64_t quick_hash(std::string_view bytes, std::uint64_t seed) {
  constexpr std::uint64_t k_first = 0xa0761d6478bd642fULL;
  constexpr std::uint64_t k_second = 0xe7037ed1a0b428dbULL;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t hash = seed ^ k_first;
  for (; left > 16; at += 16, left -= 16) {
    hash = fold(little_endian(at, 8) ^ k_second, little_endian(at + 8, 8) ^ hash);
  }
  // Reads of a fixed size, which may overlap, are an instruction each.
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  if (left >= 8) {
    head = little_endian(at, 8);
    tail = little_endian(at + left - 8, 8);
  } else if (left >= 4) {
    head = little_endian(at, 4);
    tail = little_endian(at + left - 4, 4);
  } else if (left > 0) {
    head = little_endian(at, 1) | little_endian(at + left / 2, 1) << 8U;
    tail = little_endian(at + left - 1, 1);
  }
  hash = fold(head ^ k_second, tail ^ hash);
  return fold(hash ^ k_first, bytes.size() ^ k_second);
}

std::uint64_t sip_hash(std::string_view bytes, const SecretKey& key) {
  SipState state{key[0] ^ 0x736f6d6570736575ULL, key[1] ^ 0x646f72616e646f6dULL,
                 key[0] ^ 0x6c7967656e657261ULL, key[1] ^ 0x7465646279746573ULL};
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) state.take(little_endian(at, 8));
  const auto length = static_cast<std::uint64_t>(bytes.size()) << 56U;
  state.take((left > 0 ? little_endian(at, left) : 0) | length);
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace rcache::trace
