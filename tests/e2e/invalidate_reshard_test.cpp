// `rcache invalidate` in a Redis Cluster whose slots move while it runs, or are stuck on their way.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "e2e/invalidate_cluster.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

using Slots = std::vector<int>;

/// The same command for each slot, in one go.
template <typename WordsOf>
std::vector<Value> for_each_slot(Server& node, const Slots& slots, WordsOf words_of) {
  std::vector<Words> commands;
  for (const int slot : slots) commands.push_back(words_of(std::to_string(slot)));
  auto replies = node.pipeline(commands);
  for (const auto& reply : replies)
    if (reply.is_error()) throw Failure(reply.text);
  return replies;
}

/// Moves keys, at most so many of each slot. Out: how many.
std::size_t migrate(Cluster& cluster, const Slots& slots, std::size_t from, std::size_t to,
                    std::size_t of_each) {
  const auto found = for_each_slot(cluster.node(from), slots, [&](const std::string& slot) {
    return Words{"CLUSTER", "GETKEYSINSLOT", slot, std::to_string(of_each)};
  });
  std::size_t moved = 0;
  std::vector<Words> commands;
  for (const auto& names : found) {
    if (names.items.empty()) continue;
    commands.push_back({"MIGRATE", "127.0.0.1", std::to_string(cluster.node(to).port()), "", "0",
                        "60000", "KEYS"});
    for (const auto& name : names.items) commands.back().push_back(name.text);
    moved += names.items.size();
  }
  for (const auto& reply : cluster.node(from).pipeline(commands))
    if (reply.is_error()) throw Failure(reply.text);
  return moved;
}

/// Moves many slots with their keys side by side, half of each slot's keys first: as several
/// `redis-cli --cluster reshard` would. The third node hears of it through gossip.
void move_slots(Cluster& cluster, const Slots& slots, std::size_t from, std::size_t to) {
  for_each_slot(cluster.node(to), slots, [&](const std::string& slot) {
    return Words{"CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.id(from)};
  });
  for_each_slot(cluster.node(from), slots, [&](const std::string& slot) {
    return Words{"CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.id(to)};
  });
  migrate(cluster, slots, from, to, 5);
  while (migrate(cluster, slots, from, to, 1000) > 0) {
  }
  for (const auto node : {to, from}) {
    for_each_slot(cluster.node(node), slots, [&](const std::string& slot) {
      return Words{"CLUSTER", "SETSLOT", slot, "NODE", cluster.id(to)};
    });
  }
}

/// Slots with some keys each: "{0}:0" to "{0}:9", "{1}:0" to "{1}:9"...
struct Tagged {
  static constexpr std::size_t k_tags = 360;
  static constexpr std::size_t k_each = 10;

  explicit Tagged(Cluster& of) : cluster(of) {
    for (std::size_t tag = 0; tag < k_tags; ++tag) {
      const int slot = cluster.slot_of("{" + std::to_string(tag) + "}");
      slots.push_back(slot);
      owner.push_back(cluster.owner(slot));
    }
  }

  void fill() {
    std::map<std::size_t, std::vector<Words>> commands;
    for (std::size_t tag = 0; tag < k_tags; ++tag) {
      for (std::size_t i = 0; i < k_each; ++i) {
        const auto key = "{" + std::to_string(tag) + "}:" + std::to_string(i);
        commands[owner[tag]].push_back({"SET", key, "1"});
        keys.insert(key);
      }
    }
    for (const auto& [node, words] : commands)
      for (const auto& reply : cluster.node(node).pipeline(words))
        if (reply.is_error()) throw Failure(reply.text);
  }

  /// Those among [begin, end) that are on a node move to another one.
  std::size_t move(std::size_t begin, std::size_t end, std::size_t from, std::size_t to) {
    Slots chosen;
    for (auto tag = begin; tag < end; ++tag) {
      if (owner[tag] != from) continue;
      chosen.push_back(slots[tag]);
      owner[tag] = to;
    }
    move_slots(cluster, chosen, from, to);
    // Two moves to two nodes, of which one does not know the other's epoch, can take the same one;
    // what settles that hands slots back without their keys.
    cluster.wait_until_ok();
    return chosen.size();
  }

  Cluster& cluster;
  Slots slots;
  std::vector<std::size_t> owner;
  std::set<std::string> keys;
};

/// Exit 0 is a proof; everything else says why, and another run in peace finishes.
void check_honest(Cluster& cluster, const Invalidation& run, const std::string& pattern) {
  CAPTURE(run.program.describe());
  const auto left = names_on(cluster, pattern);
  CAPTURE(left.size());
  if (run.program.exit_code == 0) {
    CHECK(left.empty());
  } else {
    CHECK(run.program.exit_code == 4);
    CHECK_FALSE(run.complete());
    CHECK((!run.receipt["reasons"].empty() || run.count("failed") > 0));
  }
  const auto again = invalidate(cluster.url(), {pattern});
  CHECK(again.program.exit_code == 0);
  CHECK(names_on(cluster, pattern).empty());
}

/// What is not there any more is in the backup.
void check_saved(Cluster& cluster, const Tagged& tagged, const std::string& path) {
  const auto left = names_on(cluster, "{*");
  const std::set<std::string> there(left.begin(), left.end());
  const auto content = read_backup(path);
  REQUIRE(content);
  CHECK(content->damaged == 0);
  for (const auto& key : tagged.keys) CHECK((there.contains(key) || content->values.contains(key)));
}

/// Five keys on a node that does not own their slot: written while it was being imported, and then
/// it was not imported after all. Out: the node.
Server& make_orphans(Cluster& cluster, const std::string& prefix) {
  const auto number = cluster.slot_of(prefix);
  const auto owner = cluster.owner(number);
  auto& other = cluster.node((owner + 1) % 3);
  const auto slot = std::to_string(number);
  other.command({"CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.id(owner)});
  for (int i = 0; i < 5; ++i)
    other.pipeline({{"ASKING"}, {"SET", prefix + std::to_string(i), "1"}});
  other.command({"CLUSTER", "SETSLOT", slot, "STABLE"});
  return other;
}

}  // namespace

TEST_CASE("invalidate reshard: slots that move while it runs: exit 0 only when no key is left") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  Tagged tagged(cluster);
  cluster.set_keys(300, "stay:");
  constexpr std::size_t k_rounds = 4;
  TempDir folder;
  std::size_t moved = 0;
  int proven = 0;
  for (std::size_t round = 0; round < k_rounds; ++round) {  // in each a slot moves at most once
    CAPTURE(round);
    tagged.fill();
    const auto before = calls(cluster.node(round % 3), "unlink");
    std::vector<std::string> words{"{*", "--count", "20", "--rate", "2500"};
    const bool saving = round + 1 == k_rounds;
    if (saving) words.insert(words.end(), {"--backup", folder.file("backup")});
    Program program(rcache_with(invalidate_words(cluster.url(), words)));
    wait_for_calls(cluster.node(round % 3), "unlink", before + 20, program);
    for (std::size_t third = 0; third < 3 && program.running(); ++third) {
      const auto begin = third * Tagged::k_tags / 3;
      const auto end = (third + 1) * Tagged::k_tags / 3;
      // One pair of nodes at a time: what has just arrived on a node does not go on.
      const auto from = (round + third) % 3;
      moved += tagged.move(begin, end, from, (from + 1 + round % 2) % 3);
    }
    const auto run = invalidation_of(program.wait());
    if (saving) check_saved(cluster, tagged, folder.file("backup"));
    check_honest(cluster, run, "{*");
    CHECK(run.count("removed") <= 3600);
    if (run.complete()) {
      ++proven;
      CHECK(run.count("removed") == 3600);
    }
    CHECK(names_on(cluster, "stay:*").size() == 300);
  }
  CHECK(moved > 200);
  CHECK(proven > 0);
}

TEST_CASE("invalidate reshard: a slot that goes away and comes back between two looks is noticed") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  const auto slot = cluster.slot_of("{hot}");
  const auto home = cluster.owner(slot);
  const auto away = (home + 1) % 3;
  auto& node = cluster.node(home);
  bool between_looks = false;
  for (int round = 0; round < 10 && !between_looks; ++round) {
    CAPTURE(round);
    cluster.set_keys(3000, "{hot}:");
    cluster.set_keys(1500, "{hot");  // no closing brace: in slots of all nodes
    Program program(
        rcache_with(invalidate_words(cluster.url(), {"{hot*", "--count", "20", "--rate", "1500"})));
    wait_for_calls(node, "unlink", calls(node, "unlink") + 5, program);
    // Right after a look the next one is a second away.
    const auto looks = calls(node, "cluster|nodes") + 1;
    wait_for_calls(node, "cluster|nodes", looks, program);
    move_slots(cluster, {slot}, home, away);
    wait_for_calls(node, "scan", calls(node, "scan") + 10, program);
    move_slots(cluster, {slot}, away, home);
    between_looks = calls(node, "cluster|nodes") == looks;
    const auto run = invalidation_of(program.wait());
    cluster.wait_until_ok();
    check_honest(cluster, run, "{hot*");
  }
  CHECK(between_looks);
}

TEST_CASE("invalidate reshard: a slot that is stuck half way: its keys go, but nothing is proven") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  const int slot = cluster.slot_of("{hot}");
  const auto from = cluster.owner(slot);
  const auto to = (from + 1) % 3;
  const auto named = "slots " + std::to_string(slot);
  TempDir folder;
  cluster.set_keys(1000, "other:");
  cluster.set_keys(40, "{hot}:");
  cluster.begin_move(slot, from, to, 15);

  SUBCASE("removed") {
    const auto run = invalidate(cluster.url(), {"*hot*"});
    CAPTURE(run.program.describe());
    CHECK(run.program.exit_code == 4);
    CHECK(run.receipt["reason"] == "incomplete");
    CHECK(contains(run.receipt["reasons"].dump(), named));
    CHECK(run.count("removed") == 40);
    CHECK(run.count("failed") == 0);
    CHECK(names_on(cluster, "{hot}:*").empty());
  }
  for (const std::string mode : {"exact", "fast"}) {
    SUBCASE(("saved, " + mode).c_str()) {
      const auto path = folder.file(mode);
      const auto run =
          invalidate(cluster.url(), {"*hot*", "--backup", path, "--backup-mode", mode});
      CAPTURE(run.program.describe());
      CHECK(run.program.exit_code == 4);
      CHECK(contains(run.receipt["reasons"].dump(), named));
      const auto content = read_backup(path);
      REQUIRE(content);
      const auto left = names_on(cluster, "{hot}:*");
      CHECK(run.count("removed") == 40 - static_cast<long long>(left.size()));
      for (int i = 0; i < 40; ++i) {
        const auto key = "{hot}:" + std::to_string(i);
        const bool there = std::find(left.begin(), left.end(), key) != left.end();
        CHECK((there || content->values.contains(key)));
      }
    }
  }
  SUBCASE("as members of a tag") {
    Words words{"SADD", "tag:hot"};
    for (int i = 0; i < 40; ++i) words.push_back("{hot}:" + std::to_string(i));
    cluster.command_for("tag:hot", words);
    const auto run = invalidate(cluster.url(), {"--tag", "hot"});
    CAPTURE(run.program.describe());
    CHECK(run.program.exit_code == 0);
    CHECK(run.count("removed") == 40);
    CHECK(run.count("tags_removed") == 1);
    CHECK(names_on(cluster, "*hot*").empty());
  }
  CHECK(names_on(cluster, "other:*").size() == 1000);
  cluster.end_move(slot, from, to);
  const auto again = invalidate(cluster.url(), {"*hot*"});
  CHECK(again.program.exit_code == 0);
  CHECK(names_on(cluster, "*hot*").empty());
}

TEST_CASE(
    "invalidate reshard: keys of a slot on the move are counted once, in however many passes") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  const int slot = cluster.slot_of("{hot}");
  const auto from = cluster.owner(slot);
  cluster.set_keys(40, "{hot}:");
  cluster.set_keys(3000, "{hot");
  cluster.begin_move(slot, from, (from + 1) % 3, 15);
  const auto run = invalidate(cluster.url(), {"{hot*", "--count", "20"});
  CAPTURE(run.program.describe());
  CHECK(run.count("passes") > 1);
  CHECK(run.count("removed") == 3040);
  CHECK(run.count("matched") == 3040);
  CHECK(run.count("gone") == 0);
}

TEST_CASE("invalidate reshard: protected keys of a slot on the move are counted once") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  const int slot = cluster.slot_of("{hot}");
  const auto from = cluster.owner(slot);
  cluster.set_keys(40, "{hot}:");
  cluster.begin_move(slot, from, (from + 1) % 3, 15);
  const auto run = invalidate(cluster.url(), {"*hot*", "--protect", "{hot}:1*"});
  CAPTURE(run.program.describe());
  CHECK(run.count("removed") == 29);
  CHECK(run.count("protected") == 11);
}

TEST_CASE("invalidate reshard: --expire-in counts a key once, in however many passes") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  const int slot = cluster.slot_of("{hot}");
  const auto from = cluster.owner(slot);
  cluster.set_keys(40, "{hot}:");
  cluster.begin_move(slot, from, (from + 1) % 3, 15);
  const auto run = invalidate(cluster.url(), {"*hot*", "--expire-in", "1000s"});
  CAPTURE(run.program.describe());
  CHECK(run.program.exit_code == 4);
  CHECK(contains(run.receipt["reasons"].dump(), "slots " + std::to_string(slot)));
  CHECK(run.count("failed") == 0);
  CHECK(run.count("matched") == 40);
  CHECK(run.count("expiring") == 40);
}

TEST_CASE(
    "invalidate reshard: --expire-in leaves a shorter time as it is where a key has moved to") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  const int slot = cluster.slot_of("{hot}");
  const auto from = cluster.owner(slot);
  for (const auto& key : cluster.set_keys(40, "{hot}:"))
    cluster.command_for(key, {"EXPIRE", key, "500"});
  cluster.begin_move(slot, from, (from + 1) % 3, 15);
  const auto run = invalidate(cluster.url(), {"*hot*", "--expire-in", "1000s"});
  CAPTURE(run.program.describe());
  CHECK(run.program.exit_code == 4);
  CHECK(run.count("failed") == 0);
}

TEST_CASE("invalidate reshard: keys on a node that does not own their slot are orphans") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  cluster.set_keys(500, "gone:");
  auto& other = make_orphans(cluster, "gone:{orphan}");
  cluster.command_for("{orphan}", {"SET", "gone:{orphan}0", "the owner has one of them"});

  const auto run = invalidate(cluster.url(), {"gone:*", "--verify"});
  CAPTURE(run.program.describe());
  CHECK(run.program.exit_code == 0);
  CHECK(run.count("removed") == 501);
  CHECK(run.count("matched") == 501);
  CHECK(run.count("orphans") == 5);
  CHECK(run.count("passes") == 1);
  CHECK(names_on(other, "gone:*").size() == 5);
  CHECK(names_on(cluster, "gone:*").size() == 5);
  const auto text = run_rcache({"invalidate", "-u", cluster.url(), "--yes", "gone:*"});
  CAPTURE(text.describe());
  CHECK(text.exit_code == 0);
  CHECK(contains(text.out, "Orphans     5 more matching keys"));
}

TEST_CASE("invalidate reshard: only keys that match are counted as orphans") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  cluster.set_keys(500, "gone:");
  auto& other = make_orphans(cluster, "foreign:{orphan}");
  const auto run = invalidate(cluster.url(), {"gone:*", "other:*"});
  CAPTURE(run.program.describe());
  CHECK(run.program.exit_code == 0);
  CHECK(run.count("removed") == 500);
  CHECK(names_on(other, "foreign:*").size() == 5);
  CHECK(run.count("orphans") == 0);
}

TEST_CASE(
    "invalidate reshard: keys that were seen on their way are no orphans when they are gone") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  const int slot = cluster.slot_of("{hot}");
  const auto from = cluster.owner(slot);
  const auto to = (from + 1) % 3;
  cluster.set_keys(2000, "{hot}:");
  cluster.set_keys(4000, "{hot");
  Program program(
      rcache_with(invalidate_words(cluster.url(), {"{hot*", "--count", "20", "--rate", "2000"})));
  wait_for_calls(cluster.node(to), "unlink", 5, program);
  move_slots(cluster, {slot}, from, to);
  const auto run = invalidation_of(program.wait());
  CAPTURE(run.program.describe());
  CHECK(run.program.exit_code == 0);
  CHECK(run.count("removed") == 6000);
  CHECK(run.count("passes") >= 2);
  CHECK(names_on(cluster, "{hot*").empty());
  CHECK(run.count("orphans") == 0);
}

}  // namespace rcache::test
