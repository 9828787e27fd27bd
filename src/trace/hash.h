#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace rcache::trace {

/// A quick hash for tables of our own. The same bytes give the same number on every machine.
std::uint64_t quick_hash(std::string_view bytes, std::uint64_t seed);

/// Spreads a number over all 64 bits; a bijection, so that different numbers stay different.
///
/// Source:  https://prng.di.unimi.it/splitmix64.c
constexpr std::uint64_t spread_bits(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15ULL;
  number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  number = (number ^ (number >> 27U)) * 0x94d049bb133111ebULL;
  return number ^ (number >> 31U);
}

using SecretKey = std::array<std::uint64_t, 2>;

/// A keyed hash: who does not have the key can neither tell the bytes from the number nor try
/// which bytes give it.
///
/// Source:  SipHash-2-4; Aumasson, Bernstein: "SipHash: a fast short-input PRF" (2012), with its
///          test vectors
std::uint64_t sip_hash(std::string_view bytes, const SecretKey& key);

}  // namespace rcache::trace
