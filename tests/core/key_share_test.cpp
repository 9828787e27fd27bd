#include "core/key_share.h"

#include <doctest/doctest.h>

#include <set>

namespace rcache {
namespace {

std::string key(int i) {
  return "contacts:org" + std::to_string(i % 7) + ":list:" + std::to_string(i);
}

std::set<std::string> all_of(KeyShare& share) {
  std::set<std::string> keys;
  for (auto some = share.take(100); !some.empty(); some = share.take(100))
    for (auto& one : some) CHECK(keys.insert(std::move(one)).second);
  return keys;
}

}  // namespace

TEST_CASE("key_share: what fits is one share, each key once, without those taken out") {
  KeyShare share(1 << 20);
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 1000; ++i) share.add(key(i));
  for (int i = 0; i < 1000; i += 2) share.remove(key(i));
  share.remove("another");
  CHECK(share.size() == 500);
  CHECK(share.last());
  const auto left = all_of(share);
  CHECK(left.size() == 500);
  CHECK(left.contains(key(1)));
  CHECK_FALSE(left.contains(key(2)));
}

TEST_CASE("key_share: every key has its turn in exactly one share, whatever the budget") {
  constexpr int k_keys = 20'000;
  KeyShare share(64 * 1024);
  std::set<std::string> seen;
  int shares = 0;
  while (true) {
    ++shares;
    for (int i = 0; i < k_keys; ++i) share.add(key(i));
    for (int i = 0; i < k_keys; i += 3) share.remove(key(i));
    for (const auto& one : all_of(share)) CHECK(seen.insert(one).second);
    if (share.last()) break;
    share.next();
    REQUIRE(shares < 1000);
  }
  CHECK(shares > 5);
  CHECK(seen.size() == k_keys - (k_keys + 2) / 3);
}

TEST_CASE("key_share: a key that is added again after it was taken out is in") {
  KeyShare share(64 * 1024);
  share.add("a");
  share.remove("a");
  share.add("a");
  CHECK(share.size() == 1);
  CHECK(all_of(share) == std::set<std::string>{"a"});
}

TEST_CASE("key_share: one key may be larger than the budget, and bytes are bytes") {
  using namespace std::string_literals;
  KeyShare share(64 * 1024);
  const std::set<std::string> keys{std::string(200'000, 'n'), ""s, "\0"s, "\0\0"s, "\xff"s};
  std::set<std::string> seen;
  for (int shares = 0; shares < 100; ++shares) {
    for (const auto& one : keys) share.add(one);
    for (const auto& one : all_of(share)) CHECK(seen.insert(one).second);
    if (share.last()) break;
    share.next();
  }
  CHECK(seen == keys);
}

}  // namespace rcache
