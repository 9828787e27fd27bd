#include "redis/slot.h"

#include <doctest/doctest.h>

#include <string>

namespace rcache::redis {
namespace {

// Source: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ (hash tags,
// appendix A)
TEST_CASE("key_slot: the values of the cluster specification") {
  using namespace std::string_literals;
  CHECK(key_slot("123456789") == 0x31c3);  // CRC16/XMODEM's check value, below 16384
  CHECK(key_slot("foo") == 12182);
  CHECK(key_slot("bar") == 5061);
  CHECK(key_slot("hello") == 866);
  CHECK(key_slot("") == 0);
  CHECK(key_slot("{user1000}.following") == key_slot("user1000"));
  CHECK(key_slot("{user1000}.followers") == key_slot("user1000"));
  CHECK(key_slot("foo{}{bar}") == 8363);
  CHECK(key_slot("foo{{bar}}zap") == key_slot("{bar"));
  CHECK(key_slot("foo{bar}{zap}") == key_slot("bar"));
  CHECK(key_slot("a}b{c}") == key_slot("c"));
  CHECK(key_slot("{a") != key_slot("a"));
  CHECK(key_slot("{\0}x"s) == key_slot("\0"s));
}

TEST_CASE("to_string of slots: ranges for people") {
  SlotSet slots;
  CHECK(to_string(slots) == "none");
  slots.set(0);
  CHECK(to_string(slots) == "0");
  for (const std::size_t slot : {1, 2, 100, 16382, 16383}) slots.set(slot);
  CHECK(to_string(slots) == "0-2, 100, 16382-16383");
  slots.set();
  CHECK(to_string(slots) == "0-16383");
}

}  // namespace
}  // namespace rcache::redis
