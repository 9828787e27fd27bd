#include <doctest/doctest.h>
#include <fmt/format.h>

#include "redis/scan_live.h"
#include "redis/slot.h"
#include "support/cluster.h"

namespace rcache::redis {
namespace {

using test::Cluster;
using namespace std::chrono_literals;

TEST_CASE("scan: a cluster is walked over all primaries, every key once, in one lane and in many") {
  Cluster cluster;
  const auto keys = cluster.set_keys(20000);
  for (const std::size_t lanes : {1U, 4U}) {
    CAPTURE(lanes);
    const auto walked = walk_all(cluster.url(), {.count = 100, .lanes = lanes});
    CAPTURE(walked.reasons());
    CHECK(walked.coverage.complete);
    CHECK(walked.coverage.passes == 1);
    CHECK(walked.seen.size() == keys.size());
    CHECK(walked.repeats() == 0);
    CHECK(walked.coverage.missing.none());
  }
}

TEST_CASE("scan: slots that move while it runs are walked again, and no key is missed") {
  Cluster cluster;
  const auto keys = cluster.set_keys(20000);
  // Both directions: from a node that is walked to one that has been, and the other way round.
  int moved = 0;
  const auto walked = walk_all(cluster.url(), {.count = 50}, [&](int batch) {
    if (batch % 10 != 0 || moved >= 30) return;
    ++moved;
    const int slot = moved * 500;
    const auto from = cluster.owner(slot);
    cluster.move_slot(slot, from, (from + static_cast<std::size_t>(moved) % 2 + 1) % 3);
  });
  CAPTURE(walked.reasons());
  CHECK(moved == 30);
  CHECK(walked.coverage.complete);
  CHECK(walked.coverage.passes >= 2);
  CHECK(walked.missing_of(keys) == 0);
}

TEST_CASE(
    "scan: a slot that is on the move all the time is not proven, its keys are shown, and it is "
    "named") {
  Cluster cluster;
  const auto keys = cluster.set_keys(5000);
  const int slot = cluster.slot_of("{hot}");
  for (int i = 0; i < 20; ++i)
    cluster.command_for("{hot}", {"SET", fmt::format("{{hot}}:{}", i), "1"});
  const auto from = cluster.owner(slot);
  const auto to = (from + 1) % 3;
  cluster.begin_move(slot, from, to, 10);
  auto walked = walk_all(cluster.url(), {.max_passes = 2});
  CHECK_FALSE(walked.coverage.complete);
  CHECK(walked.coverage.missing.count() == 1);
  CHECK(walked.coverage.missing[static_cast<std::size_t>(slot)]);
  CHECK(walked.reasons().find(fmt::format("not proven: slots {}", slot)) != std::string::npos);
  CHECK(walked.missing_of(keys) == 0);
  for (int i = 0; i < 20; ++i) CHECK(walked.seen.contains(fmt::format("{{hot}}:{}", i)));

  SUBCASE("and when the move ends while it waits, the scan is complete after all") {
    bool ended = false;
    walked = walk_all(cluster.url(), {}, [&](int) {
      if (!std::exchange(ended, true)) cluster.end_move(slot, from, to);
    });
    CHECK(walked.coverage.complete);
    CHECK(walked.missing_of(keys) == 0);
  }
}

TEST_CASE("scan: keys on a node that does not own their slot are counted, not handed out") {
  Cluster cluster;
  cluster.set_keys(1000);
  // An orphan: written while its slot was being imported, and then it was not imported after all.
  const int slot = cluster.slot_of("{orphan}");
  const auto owner = cluster.owner(slot);
  auto& other = cluster.node((owner + 1) % 3);
  other.command({"CLUSTER", "SETSLOT", std::to_string(slot), "IMPORTING", cluster.id(owner)});
  other.pipeline({{"ASKING"}, {"SET", "{orphan}:1", "1"}});
  other.command({"CLUSTER", "SETSLOT", std::to_string(slot), "STABLE"});
  const auto walked = walk_all(cluster.url());
  CAPTURE(walked.reasons());
  CHECK(walked.coverage.complete);
  CHECK(walked.coverage.foreign_keys == 1);
  CHECK_FALSE(walked.seen.contains("{orphan}:1"));
}

TEST_CASE("scan: a primary that is killed is replaced by its replica, and that one is walked") {
  Cluster cluster(3, 1);
  const auto keys = cluster.set_keys(6000);
  for (std::size_t node = 0; node < 3; ++node) cluster.node(node).command({"WAIT", "1", "10000"});
  bool killed = false;
  const auto walked = walk_all(cluster.url(), {.count = 50, .patience = 60s}, [&](int batch) {
    if (batch != 15 || std::exchange(killed, true)) return;
    cluster.kill_node(1);
    cluster.wait_for_promotion(4);
  });
  CAPTURE(walked.reasons());
  CHECK(killed);
  CHECK(walked.coverage.complete);
  CHECK(walked.coverage.passes >= 2);
  CHECK(walked.missing_of(keys) == 0);
}

TEST_CASE("scan: slots that nobody serves are named, and the rest is walked") {
  Cluster cluster(3, 0, {"--cluster-require-full-coverage", "no"});
  const auto keys = cluster.set_keys(3000);
  cluster.kill_node(2);
  const auto walked = walk_all(cluster.url(), {.patience = 300ms});
  CHECK_FALSE(walked.coverage.complete);
  CHECK(walked.coverage.missing.count() > 5000);
  CHECK(walked.coverage.missing[16383]);
  CHECK(walked.reasons().find("not proven: slots ") != std::string::npos);
  for (const auto& key : keys)
    CHECK(walked.seen.contains(key) != walked.coverage.missing[key_slot(key)]);
}

}  // namespace
}  // namespace rcache::redis
