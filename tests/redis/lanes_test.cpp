#include "redis/lanes.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <random>

namespace rcache::redis {
namespace {

std::uint64_t reversed(std::uint64_t bits) {
  std::uint64_t result = 0;
  for (int i = 0; i < 64; ++i) result |= ((bits >> i) & 1U) << (63 - i);
  return result;
}

/// A Redis hash table with its keys' hashes, of one table or, in the middle of a rehash, of two.
struct ModelTable {
  unsigned bits = 8;
  unsigned other_bits = 0;  ///< of the table that is being filled; 0: none
  std::vector<std::uint64_t> hashes;
  std::mt19937_64 random{1};

  bool in_other(std::uint64_t) { return other_bits != 0 && random() % 2 == 0; }

  /// One step of dictScan: visits the buckets at `cursor` and returns the next cursor.
  /// Source: https://github.com/redis/redis/blob/7.0/src/dict.c (dictScan)
  std::uint64_t step(std::uint64_t cursor, const std::function<void(std::uint64_t)>& visit) {
    std::vector<std::uint64_t> here[2];  // where each key is at this moment
    for (const auto hash : hashes) here[in_other(hash) ? 1 : 0].push_back(hash);
    const auto visit_bucket = [&](unsigned table_bits, const std::vector<std::uint64_t>& keys) {
      const auto mask = (std::uint64_t{1} << table_bits) - 1;
      for (const auto hash : keys) {
        if ((hash & mask) == (cursor & mask)) visit(hash);
      }
    };
    const auto advance = [&](unsigned table_bits) {
      cursor |= ~((std::uint64_t{1} << table_bits) - 1);
      cursor = reversed(reversed(cursor) + 1);
    };
    if (other_bits == 0) {
      visit_bucket(bits, here[0]);
      advance(bits);
      return cursor;
    }
    const unsigned small = std::min(bits, other_bits);
    const unsigned large = std::max(bits, other_bits);
    visit_bucket(small, here[bits == small ? 0 : 1]);
    const auto between = ((std::uint64_t{1} << small) - 1) ^ ((std::uint64_t{1} << large) - 1);
    do {
      visit_bucket(large, here[bits == small ? 1 : 0]);
      advance(large);
    } while ((cursor & between) != 0);
    return cursor;
  }

  void change_size() {
    if (other_bits != 0) {
      bits = other_bits;
      other_bits = 0;
      return;
    }
    const auto next = 3 + static_cast<unsigned>(random() % 8);
    if (next != bits) other_bits = next;
  }
};

/// Walks all lanes in turn. Out: how often each key was seen.
std::map<std::uint64_t, int> walk(ModelTable& table, const std::vector<Lane>& lanes, bool resize) {
  std::map<std::uint64_t, int> seen;
  for (const auto& lane : lanes) {
    auto cursor = lane.start;
    do {
      const auto before = lane.position(cursor);
      for (int i = 0; i < 2; ++i) {  // COUNT
        cursor = table.step(cursor, [&](std::uint64_t hash) { ++seen[hash]; });
        if (cursor == 0) break;
      }
      if (cursor != 0) REQUIRE(lane.position(cursor) > before);
      if (resize && table.random() % 5 == 0) table.change_size();
    } while (!lane.finished_at(cursor));
  }
  return seen;
}

TEST_CASE("lanes: by reverse-binary cursor they visit every key, and hardly any twice") {
  for (const std::size_t count : {1, 2, 3, 4, 7, 16, 64}) {
    CAPTURE(count);
    ModelTable table;
    for (int i = 0; i < 1000; ++i) table.hashes.push_back(table.random());
    const auto lanes = cut_lanes(CursorOrder::reverse_binary, count, {});
    REQUIRE(lanes.size() == count);
    CHECK(lanes.front().start == 0);
    CHECK_FALSE(lanes.back().end);
    const auto seen = walk(table, lanes, false);
    CHECK(seen.size() == table.hashes.size());
    int more_than_once = 0;
    for (const auto& [hash, times] : seen) more_than_once += times - 1;
    // Where two lanes meet, one reply of 2 buckets of about 4 keys may come to both.
    CHECK(more_than_once <= static_cast<int>(count) * 2 * 12);
  }
}

TEST_CASE("lanes: a table that grows, shrinks and rehashes in mid-walk hides no key") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    ModelTable table;
    table.random.seed(seed);
    for (int i = 0; i < 300; ++i) table.hashes.push_back(table.random());
    const auto seen = walk(table, cut_lanes(CursorOrder::reverse_binary, 1 + seed % 9, {}), true);
    CHECK(seen.size() == table.hashes.size());
  }
}

TEST_CASE("lanes: by slot they follow the slots that the node serves, and reach to both ends") {
  SlotSet slots;
  for (const std::size_t slot : {100, 101, 102, 103, 9000, 9001, 16383}) slots.set(slot);
  const auto lanes = cut_lanes(CursorOrder::by_slot, 3, slots);
  REQUIRE(lanes.size() == 3);
  // A table per slot, cursors of (place in the table, slot); keys also where they do not belong.
  const std::size_t with_keys[] = {5, 100, 101, 102, 103, 4000, 9000, 9001, 16383};
  std::map<std::size_t, int> seen;
  for (const auto& lane : lanes) {
    auto cursor = lane.start;
    do {
      const auto slot = cursor & 16383U;
      const auto* at = std::lower_bound(std::begin(with_keys), std::end(with_keys), slot);
      if (at == std::end(with_keys)) break;
      if (*at == slot) ++seen[slot];
      const auto* next = *at == slot ? at + 1 : at;
      cursor = next == std::end(with_keys) ? 0 : *next;
    } while (!lane.finished_at(cursor));
  }
  CHECK(seen.size() == std::size(with_keys));
  for (const auto& [slot, times] : seen) CHECK(times == 1);
  const Lane middle = lanes[1];
  CHECK(middle.position((7U << 14U) | 9000U) == 9000);
  CHECK(middle.finished_at(0));
  CHECK_FALSE(middle.finished_at((7U << 14U) | (*middle.end - 1)));
  CHECK(middle.finished_at((1U << 14U) | *middle.end));
}

TEST_CASE("lanes: one lane is the whole walk") {
  const auto is_whole = [](const std::vector<Lane>& lanes) {
    return lanes.size() == 1 && lanes[0].start == 0 && !lanes[0].end && !lanes[0].finished_at(1) &&
           lanes[0].finished_at(0);
  };
  SlotSet one;
  one.set(7);
  CHECK(is_whole(cut_lanes(std::nullopt, 8, {})));
  CHECK(is_whole(cut_lanes(CursorOrder::reverse_binary, 1, {})));
  CHECK(is_whole(cut_lanes(CursorOrder::reverse_binary, 0, {})));
  CHECK(is_whole(cut_lanes(CursorOrder::by_slot, 4, {})));
  CHECK(is_whole(cut_lanes(CursorOrder::by_slot, 4, one)));
}

TEST_CASE("known_cursor_order: only where it was measured") {
  struct Case {
    const char* flavor;
    const char* version;
    const char* mode;
    std::optional<CursorOrder> order;
  };
  constexpr auto k_binary = CursorOrder::reverse_binary;
  constexpr auto k_slots = CursorOrder::by_slot;
  const Case cases[] = {
      {"redis", "5.0.14", "standalone", {}},
      {"redis", "6.2.16", "cluster", k_binary},
      {"redis", "7.0.15", "standalone", k_binary},
      {"redis", "7.2.4", "cluster", k_binary},
      {"redis", "7.4.0", "standalone", k_binary},
      {"redis", "7.4.0", "cluster", k_slots},
      {"redis", "8.0.6", "cluster", k_slots},
      {"redis", "8.0.6", "standalone", k_binary},
      {"redis", "9.0.0", "standalone", {}},
      {"redis", "70.1.0", "standalone", {}},
      {"redis", "", "standalone", {}},
      {"redis", "unstable", "cluster", {}},
      {"valkey", "7.2.5", "cluster", {}},
      {"valkey", "8.1.1", "cluster", k_slots},
      {"valkey", "8.0.1", "standalone", k_binary},
      {"valkey", "9.1.2", "cluster", {}},
      {"redict", "7.3.6", "standalone", {}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.flavor);
    CAPTURE(c.version);
    CAPTURE(c.mode);
    Identity identity;
    identity.flavor = c.flavor;
    identity.version = c.version;
    identity.mode = c.mode;
    CHECK(known_cursor_order(identity) == c.order);
  }
}

}  // namespace
}  // namespace rcache::redis
