#include "commands/restore/memory.h"

#include <doctest/doctest.h>

namespace rcache::restore {
namespace {

Memory memory(std::int64_t used, std::int64_t max, std::int64_t evicted = 0, bool evicts = true) {
  return {used, max, evicted, evicts};
}

}  // namespace

TEST_CASE("memory: is read out of INFO, and maxmemory 0 is none") {
  const Info stats("evicted_keys:12\r\n");
  const auto limited = read_memory(
      stats, Info("used_memory:5\r\nmaxmemory:100\r\nmaxmemory_policy:volatile-lru\r\n"));
  CHECK(limited.used_bytes == 5);
  CHECK(limited.max_bytes == 100);
  CHECK(limited.evicted_keys == 12);
  CHECK(limited.evicts);
  const auto free =
      read_memory(stats, Info("used_memory:5\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n"));
  CHECK_FALSE(free.max_bytes);
  CHECK_FALSE(free.evicts);
  const auto unknown = read_memory(Info(), Info());
  CHECK_FALSE(unknown.used_bytes);
  CHECK_FALSE(unknown.evicted_keys);
  CHECK_FALSE(unknown.evicts);
}

TEST_CASE("memory: a file that cannot fit is refused with the numbers, one that just fits is not") {
  CHECK_FALSE(shortage("h:1", memory(1 << 20, 2 << 20), 1 << 20));
  CHECK(shortage("h:1", memory(1 << 20, 2 << 20), (1 << 20) + 1) ==
        "h:1 uses 1.0 MiB of 2.0 MiB (maxmemory), and 1.0 MiB are to be restored into it");
  CHECK_FALSE(shortage("h:1", memory(3 << 20, 2 << 20), 0));
  CHECK_FALSE(shortage("h:1", Memory{}, 1 << 30));
}

TEST_CASE("memory: one evicted key more than at the start ends the run") {
  CHECK_FALSE(evictions("h:1", memory(1, 2, 7), memory(1, 2, 7)));
  CHECK_FALSE(evictions("h:1", memory(1, 2, 7), memory(1, 2, 3)));  // CONFIG RESETSTAT
  CHECK_FALSE(evictions("h:1", Memory{}, memory(1, 2, 3)));
  const auto stop = evictions("h:1", memory(1, 2, 7), memory(1, 2, 8));
  REQUIRE(stop);
  CHECK(stop->reason == "evictions");
  CHECK(stop->why ==
        "h:1 evicted 1 key meanwhile: others than these, or some of those just restored "
        "(--allow-evictions goes on)");
}

TEST_CASE("memory: a server that evicts gets no batch that would take it above 99%") {
  CHECK_FALSE(nearly_full("h:1", memory(990, 1000), memory(990, 1000)));
  CHECK_FALSE(nearly_full("h:1", memory(900, 1000), memory(940, 1000)));
  CHECK_FALSE(nearly_full("h:1", memory(1000, 1000), memory(900, 1000)));
  CHECK_FALSE(nearly_full("h:1", {}, memory(900, 1000)));
  CHECK(nearly_full("h:1", memory(890, 1000), memory(950, 1000)));
  CHECK(nearly_full("h:1", {}, memory(995, 1000)));
  CHECK_FALSE(nearly_full("h:1", memory(100, 1000), memory(999, 1000, 0, false)));  // noeviction
  CHECK_FALSE(nearly_full("h:1", memory(100, 1000), {}));
  const auto stop = nearly_full("h:1", memory(1 << 20, 2 << 20), memory(3 << 19, 2 << 20));
  REQUIRE(stop);
  CHECK(stop->reason == "memory");
  CHECK(stop->why ==
        "h:1 uses 1.5 MiB of 2.0 MiB (maxmemory): the next batch would evict keys "
        "(--allow-evictions goes on)");
}

}  // namespace rcache::restore
