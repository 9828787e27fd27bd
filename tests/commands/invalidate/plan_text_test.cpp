#include <doctest/doctest.h>

#include "commands/invalidate/render.h"
#include "samples.h"
#include "screen_rules.h"

namespace rcache::invalidate {
namespace {

TEST_CASE("invalidate plan: production, whole") {
  CHECK(plan_text(plan(), {}) ==
        "redis 7.0.15 at 127.0.0.1:6379 (db 0, primary, run_id 3f2a91c0)\n"
        "PRODUCTION: profile prod\n"
        "\n"
        "would remove 12,300 of 1,000,000 keys\n"
        "Patterns    contacts:org1:*\n"
        "Tags        org:1\n"
        "Tag sets    tag:org:1\n"
        "Protected   45 more matching keys would stay\n"
        "\n"
        "Key pattern               keys  share\n"
        "contacts:org1:*:*:*      9,000  73.2%  ██████████████▋░░░░░\n"
        "contacts:org1:summary:*  2,500  20.3%  ████▏░░░░░░░░░░░░░░░\n"
        "contacts:org1:view0:*       40   0.3%  ▏░░░░░░░░░░░░░░░░░░░\n"
        "contacts:org1:view1:*       40   0.3%  ▏░░░░░░░░░░░░░░░░░░░\n"
        "contacts:org1:view2:*       40   0.3%  ▏░░░░░░░░░░░░░░░░░░░\n"
        "contacts:org1:view3:*       40   0.3%  ▏░░░░░░░░░░░░░░░░░░░\n"
        "contacts:org1:view4:*       40   0.3%  ▏░░░░░░░░░░░░░░░░░░░\n"
        "contacts:org1:view5:*       40   0.3%  ▏░░░░░░░░░░░░░░░░░░░\n"
        "contacts:org1:view6:*       40   0.3%  ▏░░░░░░░░░░░░░░░░░░░\n"
        "contacts:org1:view7:*       40   0.3%  ▏░░░░░░░░░░░░░░░░░░░\n"
        "... and 12 more patterns with 480 keys\n"
        "\n"
        "TTL         45.0% no TTL, 50.0% up to 1h, 5.0% over 1d (of 1,000 sampled keys)\n"
        "Types       90.0% string, 9.9% hash, 0.1% zset (of 1,000 sampled keys)\n"
        "Examples    contacts:org1:7:list:1\n"
        "            contacts:org1:8:list:2\n");
}

TEST_CASE("invalidate plan: a cluster that was not covered, and whose every key matches") {
  CHECK(plan_text(cluster_plan(), {}) ==
        "valkey 8.1.1 at 3 nodes: 10.0.0.1:7000, 10.0.0.2:7000, 10.0.0.3:7000 (db 0,\n"
        "cluster, primary)\n"
        "\n"
        "would remove 300 of 300 keys\n"
        "Patterns    contacts:org1:*\n"
        "\n"
        "Key pattern   keys  share\n"
        "session:*      299  99.7%  ███████████████████▉\n"
        "contacts:*:*     1   0.3%  ▏░░░░░░░░░░░░░░░░░░░\n"
        "Rare key patterns are counted in wider ones.\n"
        "\n"
        "Node           scanned  matching\n"
        "10.0.0.1:7000      120       120\n"
        "10.0.0.2:7000      100       100\n"
        "10.0.0.3:7000       80        80\n"
        "\n"
        "TTL         45.0% no TTL, 50.0% up to 1h, 5.0% over 1d (of 1,000 sampled keys)\n"
        "Types       90.0% string, 9.9% hash, 0.1% zset (of 1,000 sampled keys)\n"
        "Examples    contacts:org1:7:list:1\n"
        "            contacts:org1:8:list:2\n"
        "\n"
        "WARNING: every key of the database matches\n"
        "WARNING: the plan is not complete, more keys may match: 10.0.0.3:7000 restarted\n"
        "during the scan; slots 0-99: no node serves them\n");
}

TEST_CASE("invalidate plan: the same at 40 columns in ASCII") {
  CHECK(plan_text(cluster_plan(), {.width = 40, .charset = render::Charset::ascii}) ==
        "valkey 8.1.1 at 3 nodes: 10.0.0.1:7000,\n"
        "10.0.0.2:7000, 10.0.0.3:7000 (db 0,\n"
        "cluster, primary)\n"
        "\n"
        "would remove 300 of 300 keys\n"
        "Patterns    contacts:org1:*\n"
        "\n"
        "Key pattern   keys  share\n"
        "session:*      299  99.7%  #########.\n"
        "contacts:*:*     1   0.3%  #.........\n"
        "Rare key patterns are counted in wider\n"
        "ones.\n"
        "\n"
        "Node           scanned  matching\n"
        "10.0.0.1:7000      120       120\n"
        "10.0.0.2:7000      100       100\n"
        "10.0.0.3:7000       80        80\n"
        "\n"
        "TTL         45.0% no TTL, 50.0% up to 1h\n"
        "            5.0% over 1d (of 1,000\n"
        "            sampled keys)\n"
        "Types       90.0% string, 9.9% hash\n"
        "            0.1% zset (of 1,000 sampled\n"
        "            keys)\n"
        "Examples    contacts:org1:7:list:1\n"
        "            contacts:org1:8:list:2\n"
        "\n"
        "WARNING: every key of the database\n"
        "matches\n"
        "WARNING: the plan is not complete, more\n"
        "keys may match: 10.0.0.3:7000 restarted\n"
        "during the scan; slots 0-99: no node\n"
        "serves them\n");
}

TEST_CASE("invalidate plan: nothing matches, in one line, unless that is not proven") {
  Plan none;
  none.target = target();
  none.target.profile.clear();
  none.target.production = false;
  none.target.server = "redis 7.0.15, slave";
  none.target.database = 3;
  none.patterns = {"contcats:*"};
  none.complete = true;
  CHECK(plan_text(none, {}) ==
        "redis 7.0.15 at 127.0.0.1:6379 (db 3, replica, run_id 3f2a91c0)\n"
        "\n"
        "nothing matches\n");
  none.complete = false;
  none.tag_sets = {"tag:empty"};
  none.target.profile = "staging";
  CHECK(plan_text(none, {}) ==
        "redis 7.0.15 at 127.0.0.1:6379 (db 3, replica, run_id 3f2a91c0)\n"
        "profile staging\n"
        "\n"
        "nothing matches\n"
        "Tag sets    tag:empty\n"
        "\n"
        "WARNING: the plan is not complete, more keys may match\n");
}

TEST_CASE("invalidate plan: with --spread nothing is removed, and the words say so") {
  Plan spread;
  spread.target.server = "redis 8.0.6";
  spread.target.addresses = "/run/redis.sock";
  spread.target.keys = 9;
  spread.target.production = true;
  spread.matched = 1;
  spread.complete = true;
  spread.spread_seconds = 60;
  CHECK(plan_text(spread, {}) ==
        "redis 8.0.6 at /run/redis.sock (db 0)\n"
        "PRODUCTION\n"
        "\n"
        "would let 1 of 9 keys expire within 1m\n");
}

TEST_CASE("invalidate plan: colour marks the target, the number and what warns, nothing else") {
  auto warned = cluster_plan();
  warned.target.production = true;
  warned.nodes.clear();
  warned.groups.clear();
  warned.groups_folded = false;
  warned.sampled = 0;
  warned.examples.clear();
  warned.reasons.clear();
  warned.target.addresses = "10.0.0.1:7000";
  CHECK(plan_text(warned, {.color = render::Color::on}) ==
        "\x1b[1mvalkey 8.1.1 at 10.0.0.1:7000 (db 0, cluster, primary)\x1b[0m\n"
        "\x1b[1;31mPRODUCTION\x1b[0m\n"
        "\n"
        "\x1b[1mwould remove 300 of 300 keys\x1b[0m\n"
        "Patterns    contacts:org1:*\n"
        "\n"
        "\x1b[33mWARNING: every key of the database matches\x1b[0m\n"
        "\x1b[33mWARNING: the plan is not complete, more keys may match\x1b[0m\n");
}

TEST_CASE("invalidate plan: hostile names neither forge a line nor break the screen") {
  const auto text = plan_text(hostile_plan(), {});
  CHECK(text.find("Patterns    evil\\x0aFAKE: removed\\x1b[2J\\x0d\\x7f\\xff\\xc3(\\xe2\\x80\\xae"
                  "\\xe2\\x81\\x…\n"
                  "            \"\"\n") != std::string::npos);
  CHECK(text.find("            and 2 more\n") != std::string::npos);
  CHECK(text.find("            two  blanks\n") != std::string::npos);
  for (const auto& sample : {plan(), cluster_plan(), hostile_plan(), Plan{}}) {
    for (const std::size_t width : {20U, 33U, 40U, 59U, 80U, 110U}) {
      check_screen(plan_text(sample, {.width = width}), width, false);
      check_screen(plan_text(sample, {.width = width, .charset = render::Charset::ascii}), width,
                   true);
    }
    CHECK(plan_text(sample, {.width = 0}) == plan_text(sample, {.width = 20}));
    CHECK(plan_text(sample, {.width = 500}) == plan_text(sample, {.width = 110}));
  }
}

}  // namespace
}  // namespace rcache::invalidate
