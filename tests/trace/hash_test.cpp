#include "trace/hash.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "trace/key_table.h"

namespace rcache::trace {

TEST_CASE("sip_hash: the vectors of its authors") {
  // Aumasson, Bernstein, appendix A, and vectors.h of their reference code: key 00 01 .. 0f,
  // message 00 01 02 ...
  const SecretKey key{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};
  std::string message;
  CHECK(sip_hash(message, key) == 0x726fdb47dd0e0e31ULL);
  message += '\0';
  CHECK(sip_hash(message, key) == 0x74f839c593dc67fdULL);
  for (char byte = 1; byte < 15; ++byte) message += byte;
  CHECK(sip_hash(message, key) == 0xa129ca6149be45e5ULL);
}

TEST_CASE("quick_hash: bytes that differ anywhere, in length or by a zero byte differ") {
  std::set<std::uint64_t> seen;
  std::size_t count = 0;
  for (std::size_t length = 0; length <= 70; ++length) {
    const std::string zeros(length, '\0');
    seen.insert(quick_hash(zeros, 0));
    ++count;
    for (std::size_t at = 0; at < length; ++at) {
      auto changed = zeros;
      changed[at] = 1;
      seen.insert(quick_hash(changed, 0));
      ++count;
    }
  }
  CHECK(seen.size() == count);
}

TEST_CASE("NumberTable: gives places in the order of arrival, through every growth") {
  NumberTable table;
  for (std::uint64_t number = 0; number < 50'000; ++number) {
    REQUIRE(table.intern(number << 32U) == number);
  }
  for (std::uint64_t number = 0; number < 50'000; ++number) {
    REQUIRE(table.intern(number << 32U) == number);
  }
  CHECK(table.size() == 50'000);
  table.clear();
  CHECK(table.intern(7) == 0);
}

TEST_CASE("KeyTable: a name in two databases is two keys; a secret changes what is shown") {
  KeyTable keys(Names::kept);
  CHECK(keys.intern("a", 0) == 0);
  CHECK(keys.intern("a", 1) == 1);
  CHECK(keys.intern("a", 0) == 0);
  CHECK(keys.intern("", 0) == 2);
  CHECK(keys.name_of(0) == "a");
  CHECK(keys.name_of(2).empty());
  KeyTable one(SecretKey{1, 2});
  KeyTable other(SecretKey{1, 3});
  one.intern("a", 0);
  other.intern("a", 0);
  CHECK(one.hash_of(0) != other.hash_of(0));
  CHECK(one.name_of(0).empty());
}

}  // namespace rcache::trace
