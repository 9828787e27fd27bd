#include "redis/lineage.h"

#include <doctest/doctest.h>

namespace rcache::redis {
namespace {

Identity process(std::string run_id, std::string replication_id, std::string second = "",
                 std::int64_t uptime_seconds = 1000) {
  Identity identity;
  identity.run_id = std::move(run_id);
  identity.replication_id = std::move(replication_id);
  identity.replication_id2 = std::move(second);
  identity.uptime_seconds = uptime_seconds;
  return identity;
}

}  // namespace

TEST_CASE("lineage: who has the data set of before, and who has another") {
  struct Case {
    const char* name;
    Identity before;
    Identity now;
    bool same;
  };
  const Case cases[] = {
      {"the same process", process("r1", "a"), process("r1", "b"), true},
      {"its replica, or another replica of the same primary", process("r1", "a"),
       process("r2", "a"), true},
      {"a promoted replica", process("r1", "a"), process("r2", "b", "a"), true},
      {"the old primary again, before it has noticed", process("r2", "b", "a"), process("r1", "a"),
       true},
      {"started since", process("r1", "a"), process("r2", "b", "", 11), true},
      {"started before we came: it ran beside the other", process("r1", "a"),
       process("r2", "b", "", 13), false},
      {"a stranger with a past of its own", process("r1", "a", "c"), process("r2", "b", "d"),
       false},
      {"no second id is no relation", process("r1", "a"), process("r2", "b"), false},
      {"no replication id is no relation", process("r1", ""), process("r2", ""), false},
      {"no run_id: nothing can be told", process("", ""), process("", "b"), true},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(continues(c.before, c.now, std::chrono::seconds(10)) == c.same);
  }
}

TEST_CASE("lineage: a process that was accepted is what the next one must follow") {
  using std::chrono::seconds;
  const Lineage::Instant start{};
  Lineage lineage;
  CHECK(lineage.continues_in(process("r1", "a"), start));
  CHECK_FALSE(lineage.continues_in(process("r9", "z"), start + seconds(5)));
  CHECK(lineage.continues_in(process("r2", "b", "a"), start + seconds(5)));
  CHECK(lineage.continues_in(process("r3", "c", "b"), start + seconds(6)));
  // Known for 4 seconds only, whatever came before it.
  CHECK_FALSE(lineage.continues_in(process("r4", "d", "", 9), start + seconds(10)));
  CHECK(lineage.continues_in(process("r4", "d", "", 5), start + seconds(10)));
}

TEST_CASE("lineage: a cluster has a node in common with what was known of it") {
  Lineage lineage;
  CHECK(lineage.continues_in({"n1", "n2", ""}));
  CHECK(lineage.continues_in({"n2", "n3"}));
  CHECK(lineage.continues_in({"n3"}));
  CHECK_FALSE(lineage.continues_in({"m1", "m2"}));
  CHECK(lineage.continues_in({"", ""}));
  CHECK(lineage.continues_in({"n1"}));
}

}  // namespace rcache::redis
