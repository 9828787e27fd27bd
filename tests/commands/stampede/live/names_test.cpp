#include "commands/stampede/live/names.h"

#include <doctest/doctest.h>

namespace rcache::stampede::live {

using Words = std::vector<std::string>;

TEST_CASE("names: all keys of a run are under its prefix, in one slot") {
  const Names names("00ff");
  CHECK(names.prefix() == "rcache:stampede:{00ff}:");
  CHECK(names.marker() == "rcache:stampede:{00ff}:run");
  CHECK(names.value(7) == "rcache:stampede:{00ff}:7");
}

TEST_CASE("names: the list for a strategy has all that it can write, and nothing else") {
  const Names names("a");
  CHECK(names.all(Strategy::swr, 2) == Words{"rcache:stampede:{a}:0", "rcache:stampede:{a}:1"});
  CHECK(names.all(Strategy::xfetch_nodelta, 1) ==
        Words{"rcache:stampede:{a}:0", "rcache:stampede:{a}:0:meta"});
  for (const auto strategy :
       {Strategy::lock_retry, Strategy::lock_once, Strategy::redlock, Strategy::redlock_recheck,
        Strategy::xfetch_lock, Strategy::swr_lock, Strategy::lease}) {
    CHECK(names.all(strategy, 1) == Words{"rcache:stampede:{a}:0", "rcache:stampede:{a}:0:lock"});
  }
}

TEST_CASE("names: a run's word has 16 digits") {
  CHECK(run_word(0xff) == "00000000000000ff");
}

}  // namespace rcache::stampede::live
