#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "commands/stampede/advise/render.h"

namespace rcache::stampede {
namespace {

/// Nothing simulated: a cliff that two patterns share, and one pattern that nobody reads.
KeyspaceAdvice look_at_keyspace() {
  KeyspaceAdvice advice;
  advice.db_slots = 10;
  advice.load_seconds = 0.1;
  advice.rate = 400;
  advice.keys = 2700;
  advice.listened_seconds = 30;
  advice.shared_cliffs.push_back(
      {1'793'588'400'000, 2300, {"report:*", "page:\x1b[2J"}, 59 * k_second});
  PatternTtls unread;
  unread.pattern = "idle:*";
  unread.keys = 400;
  advice.others.push_back(unread);
  auto beyond_top = unread;
  beyond_top.pattern = "read:*";
  beyond_top.reads = {12'000, 1200};
  advice.others.push_back(beyond_top);
  return advice;
}

KeyspaceLook heard() {
  KeyspaceLook look;
  look.match = "*";
  look.traffic.emplace();
  look.traffic->name = "Traffic";
  look.traffic->reads = 12'000;
  look.traffic->keys = 300;
  look.traffic->seconds = 30;
  look.traffic->polls = 7;
  return look;
}

}  // namespace

TEST_CASE("advise keyspace text: what was heard, what expires together, what nobody reads") {
  CHECK(text(look_at_keyspace(), heard(), {}) ==
        "2,700 keys with a TTL match '*'; a load takes 100 ms, the database has 10 slots\n"
        "Traffic: 12,000 reads of 300 keys in 30s, 400/s\n"
        "Nothing tells how long loads take: 100ms is assumed (--load-time)\n"
        "7 reads with which the application waited for a value are left out\n"
        "Keeping all of them fresh takes 0.00 of 10 slots at any time\n"
        "\n"
        "2,300 keys of 2 patterns expire together at 2026-11-02T03:00:00Z: report:*,\n"
        "page:\\x1b[2J. A jitter of 59s in milliseconds spreads all of them; below, each\n"
        "has at least that much\n"
        "\n"
        "1 more pattern with 400 keys was not simulated (--top)\n"
        "1 more pattern with 400 keys was not read in that time\n");
}

TEST_CASE("advise keyspace text: what was not heard or seen is said last, and when it was full") {
  auto look = heard();
  look.traffic_full = true;
  look.reasons = {"10.0.0.2:6379: Connection refused"};
  const auto words = text(look_at_keyspace(), look, {});
  CHECK(words.find("in 30s, 400/s; then there was no room for more\n") != std::string::npos);
  CHECK(words.ends_with("\nNot everything was seen\n  10.0.0.2:6379: Connection refused\n"));
}

TEST_CASE("advise keyspace json: the traffic, and what expires together") {
  const auto out = nlohmann::json::parse(json(look_at_keyspace(), heard()));
  CHECK(out["traffic"]["reads"] == 12'000);
  CHECK(out["traffic"]["loads"].is_null());
  CHECK(out["traffic"]["polls_left_out"] == 7);
  CHECK(out["shared_cliffs"][0]["keys"] == 2300);
  CHECK(out["shared_cliffs"][0]["patterns"].size() == 2);
  CHECK(out["shared_cliffs"][0]["jitter_seconds"] == 59.0);
  CHECK(out["other_patterns"][1]["rate_per_second"] == 400.0);
  auto silent = heard();
  silent.traffic.reset();
  CHECK(nlohmann::json::parse(json(look_at_keyspace(), silent))["traffic"].is_null());
}

}  // namespace rcache::stampede
