#include "commands/tags/render.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace rcache::tags {
namespace {

CheckReport sick() {
  CheckReport report;
  report.layout = "generic";
  report.type = "set";
  report.containers = {"tag:{tag}", "cachetag:{tag}"};
  report.tags = 12;
  report.members = 3456;
  report.outliving_members = 2;
  report.tags_outlived = 1;
  report.dead_members = 40;
  report.tags_with_dead = 3;
  report.empty_tags = 1;
  report.tags_without_ttl = 1;
  report.wrong_types = 1;
  report.pattern = "contacts:*";
  report.untagged_keys = 1;
  report.untagged_examples = {"contacts:\x1b[2J"};
  report.own_lookups = 4000;
  report.worst = {
      {.tag = "org:5", .key = "tag:org:5", .members = 7, .outliving = 2, .ttl_seconds = 30.0},
      {.tag = "all", .key = "tag:all", .wrong_type = true}};
  return report;
}

}  // namespace

TEST_CASE("tags check text: each problem says what it means and what to do") {
  CHECK(
      check_text(sick(), {.width = 90}) ==
      "Checked 3,456 members of 12 tags (tag:{tag}, cachetag:{tag})\n"
      "\n"
      "FAIL  2 keys outlive their tag (1 tag)\n"
      "      When the tag expires, invalidating it does not reach them any more: they are served\n"
      "      stale until their own TTL ends.\n"
      "      Fix: never shorten a tag's TTL when a key is written: EXPIRE tag ttl NX, then EXPIRE\n"
      "      tag ttl GT. Now: rcache invalidate --tag TAG, while the tag is there.\n"
      "FAIL  40 dead members in 3 tags, 1 of which holds nothing else\n"
      "      They name keys that are gone. No reader notices, but the tags only grow, and every\n"
      "      invalidation works through them.\n"
      "      Fix: rcache tags prune\n"
      "FAIL  1 tag has no TTL\n"
      "      Nothing ever removes it, and under a volatile-* policy nothing evicts it.\n"
      "      Fix: EXPIRE tag ttl NX on each write (GT alone leaves a tag without TTL as it is)\n"
      "FAIL  1 key is named like a tag, and is no set\n"
      "      Adding a member to it fails (WRONGTYPE), so what is written is in no tag.\n"
      "FAIL  1 key like contacts:* is in no tag\n"
      "      Invalidating a tag never reaches them, for instance:\n"
      "      contacts:\\x1b[2J\n"
      "\n"
      "TAG    MEMBERS  OUTLIVING  DEAD     TTL\n"
      "org:5        7          2     0     30s\n"
      "all          -          -     -  no set\n"
      "\n"
      "This check added 4,000 to the server's keyspace_hits and keyspace_misses\n");
}

TEST_CASE("tags check text: health, and what could not be seen") {
  CheckReport report;
  report.tags = 1;
  report.members = 2;
  report.containers = {"tag:{tag}"};
  CHECK(check_text(report, {}) ==
        "Checked 2 members of 1 tag (tag:{tag})\n"
        "\n"
        "ok    No member is dead, and no key outlives its tag\n"
        "\n"
        "This check added 0 to the server's keyspace_hits and keyspace_misses\n");
  report.reasons = {"cannot reach 10.0.0.1:7000: Connection refused"};
  const auto text = check_text(report, {});
  CHECK(text.find("INCOMPLETE: cannot reach 10.0.0.1:7000") != std::string::npos);
  CHECK(text.find("ok ") == std::string::npos);
}

TEST_CASE("tags text: rows of members have one width, whatever their number") {
  CHECK(row_text(MemberRow{"a", true, 90.0, true}, {}) == "   1m 30s  outlives  a\n");
  CHECK(row_text(MemberRow{"b\n", false, {}, false}, {}) == "        -  dead      b\\x0a\n");
  CHECK(row_text(MemberRow{"", true, {}, false}, {}) == "     none            \"\"\n");
  CHECK(row_text(MemberRow{"c", {}, {}, false}, {}) == "        -  unknown   c\n");
}

TEST_CASE("tags json and csv: hostile names stay one value on one line") {
  const Finding finding{Problem::dead_member, "=cmd\n", "\xff"};
  CHECK(row_json(finding).dump() ==
        R"({"tag":"=cmd\n","kind":"dead-member","key":{"base64":"/w=="}})");
  CHECK(row_csv(finding) == "dead-member,'=cmd\\x0a,\\xff\n");
  CHECK(row_json(Finding{Problem::untagged, {}, "k"}).dump() ==
        R"({"tag":null,"kind":"untagged","key":"k"})");
}

TEST_CASE("tags prune text: what was removed, kept and not done") {
  PruneReport report{.dry_run = false,
                     .tags = 3,
                     .members = 50,
                     .dead_members = 10,
                     .tags_with_dead = 2,
                     .removed_members = 7,
                     .kept = 1,
                     .already = 1,
                     .failed = 1};
  CHECK(prune_text(report, {}) ==
        "Removed 7 dead members from 2 tags; looked at 50 members of 3 tags\n"
        "Kept 1 member: the keys came back meanwhile\n"
        "1 member had been removed by somebody else\n"
        "Could not remove 1 member\n");
}

}  // namespace rcache::tags
