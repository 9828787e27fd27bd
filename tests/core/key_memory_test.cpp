#include "core/key_memory.h"

#include <doctest/doctest.h>

#include <string>

namespace rcache {
namespace {

TEST_CASE("key memory: a key is new once") {
  KeyMemory memory;
  CHECK(memory.enter("a"));
  CHECK_FALSE(memory.enter("a"));
  CHECK(memory.enter(""));
  CHECK_FALSE(memory.enter(""));
  CHECK(memory.enter(std::string_view("a\0", 2)));
}

TEST_CASE("key memory: what was met is known however much comes behind it, until it is full") {
  KeyMemory memory;
  std::size_t entered = 0;
  bool all_new = true;
  while (!memory.full()) all_new = memory.enter("key:" + std::to_string(entered++)) && all_new;
  CHECK(all_new);
  CHECK(entered == 786'432);
  for (std::size_t i = 0; i < entered; i += 1000)
    CHECK_FALSE(memory.enter("key:" + std::to_string(i)));
  CHECK(memory.enter("one more"));
  CHECK(memory.enter("one more"));
}

}  // namespace
}  // namespace rcache
