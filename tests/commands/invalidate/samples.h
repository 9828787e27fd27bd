#pragma once

#include <string>
#include <vector>

#include "commands/invalidate/plan.h"
#include "commands/invalidate/receipt.h"

// Plans and receipts as a run would hand them over; included by the tests of this folder alone.
namespace rcache::invalidate {

/// What nobody should meet in a terminal: a line break, a colour, bytes that are no text, letters
/// that turn the direction of what follows, what a shell would run, and more than a line.
inline const std::string k_hostile =
    "evil\nFAKE: removed\x1b[2J\r\x7f\xff\xc3(\u202e\u2066'\"$(id)`id`  \\ " +
    std::string(300, 'x');

inline Target target() {
  return {.profile = "prod",
          .production = true,
          .addresses = "127.0.0.1:6379",
          .server = "redis 7.0.15, master",
          .run_id = "3f2a91c0",
          .database = 0,
          .keys = 1'000'000};
}

inline std::vector<KeyGroup> many_groups() {
  std::vector<KeyGroup> out{{"contacts:org1:*:*:*", 9000}, {"contacts:org1:summary:*", 2500}};
  for (int group = 0; group < 20; ++group) {
    out.push_back({"contacts:org1:view" + std::to_string(group) + ":*", 40});
  }
  return out;
}

inline Plan plan() {
  return {.target = target(),
          .patterns = {"contacts:org1:*"},
          .tags = {"org:1"},
          .scanned = 1'000'000,
          .matched = 12'345,
          .protected_keys = 45,
          .groups = many_groups(),
          .groups_folded = false,
          .nodes = {{"127.0.0.1:6379", 1'000'000, 12'345}},
          .examples = {"contacts:org1:7:list:1", "contacts:org1:8:list:2"},
          .sampled = 1000,
          .types = {{"hash", 99}, {"string", 900}, {"zset", 1}},
          .ttl_classes = {{TtlClass::none, 450}, {TtlClass::hour, 500}, {TtlClass::longer, 50}},
          .tag_sets = {"tag:org:1"},
          .complete = true,
          .reasons = {},
          .spread_seconds = {}};
}

inline Plan cluster_plan() {
  auto out = plan();
  out.target = {.profile = {},
                .production = false,
                .addresses = "3 nodes: 10.0.0.1:7000, 10.0.0.2:7000, 10.0.0.3:7000",
                .server = "valkey 8.1.1, cluster, master",
                .run_id = {},
                .database = 0,
                .keys = 300};
  out.tags.clear();
  out.tag_sets.clear();
  out.matched = 300;
  out.protected_keys = 0;
  out.groups = {{"session:*", 299}, {"contacts:*:*", 1}};
  out.groups_folded = true;
  out.nodes = {{"10.0.0.1:7000", 120, 120}, {"10.0.0.2:7000", 100, 100}, {"10.0.0.3:7000", 80, 80}};
  out.complete = false;
  out.reasons = {"10.0.0.3:7000 restarted during the scan", "slots 0-99: no node serves them"};
  return out;
}

inline Plan hostile_plan() {
  const std::string& bad = k_hostile;
  return {.target = {.profile = bad,
                     .production = true,
                     .addresses = bad,
                     .server = bad + ", " + bad,
                     .run_id = bad,
                     .database = 15,
                     .keys = UINT64_MAX / 2},
          .patterns = {bad, "", bad, bad, bad, bad, bad},
          .tags = {bad, bad},
          .scanned = UINT64_MAX / 2,
          .matched = UINT64_MAX / 2,
          .protected_keys = 7,
          .groups = {{bad, UINT64_MAX / 4}, {"", 1}},
          .groups_folded = true,
          .nodes = {{bad, 1, 1}, {"", UINT64_MAX / 2, 1}},
          .examples = {bad, "", "two  blanks "},
          .sampled = 3,
          .types = {{bad, 3}},
          .ttl_classes = {{TtlClass::minute, 3}},
          .tag_sets = {bad},
          .complete = false,
          .reasons = {bad, bad},
          .spread_seconds = 1e9};
}

/// All that was asked for, and nothing to say about it.
inline Receipt receipt() {
  Receipt out;
  out.patterns = {"contacts:org1:*"};
  out.complete = true;
  out.scanned = 1'000'000;
  out.matched = 12'345;
  out.removed = 12'345;
  out.elapsed = std::chrono::milliseconds(1234);
  out.groups = {{"contacts:org1:*:*:*", 12'345}};
  out.nodes = {{"127.0.0.1:6379", 1'000'000, 12'345, 12'345, {}}};
  return out;
}

/// Cut off after a hundredth of the keys.
inline Receipt cut_off(Reason reason) {
  auto out = receipt();
  out.reason = reason;
  out.complete = false;
  out.scanned = 10'000;
  out.matched = 123;
  out.removed = 120;
  out.gone = 3;
  return out;
}

/// Everything that can be said at once.
inline Receipt eventful() {
  auto out = receipt();
  out.tags = {"org:1"};
  out.reason = Reason::failed_keys;
  out.removed = 12'000;
  out.gone = 23;
  out.uncertain = 3;
  out.failed = 310;
  out.protected_keys = 12;
  out.tags_removed = 1;
  out.orphans = 4;
  out.how = How::del;
  out.backup = "/var/backups/contacts of org1.rcb";
  out.backup_records = 12'310;
  out.backup_bytes = 3'565'158;
  out.verified_left = 0;
  out.replicas = 2;
  out.failures = {{"contacts:org1:7",
                   "NOPERM this user has no permissions to access one of the "
                   "keys used as arguments"},
                  {"contacts:org1:8", "MISCONF"}};
  out.published = {"contacts:org1:*", "org:1"};
  out.publish_channel = "cache:invalidate";
  out.throttled_by = "--rate";
  out.groups = {{"contacts:org1:*:*:*", 9000}, {"contacts:org1:summary:*", 3345}};
  out.nodes = {{"10.0.0.1:7000", 400'000, 6000, 6000, {}},
               {"10.0.0.2:7000", 600'000, 6345, 6000, "MISCONF Redis is configured to save RDB"}};
  return out;
}

inline Receipt hostile_receipt(Reason reason, How how) {
  const std::string& bad = k_hostile;
  Receipt out;
  out.patterns = {bad};
  out.tags = {bad};
  out.scanned = UINT64_MAX / 2;
  out.matched = UINT64_MAX / 2;
  out.removed = UINT64_MAX / 2;
  out.expiring = UINT64_MAX / 2;
  out.gone = out.failed = out.protected_keys = out.tags_removed = out.orphans = UINT64_MAX / 2;
  out.uncertain = 1;
  out.how = how;
  out.spread_seconds = 1e300;
  out.backup = bad;
  out.backup_records = out.backup_bytes = UINT64_MAX / 2;
  out.verified_left = UINT64_MAX / 2;
  out.replicas = 0;
  out.reason = reason;
  out.reasons = {bad, "", bad};
  out.failures = {{bad, bad}, {"", ""}, {bad, "short"}};
  out.published = {bad, "\xff"};
  out.publish_channel = bad;
  out.elapsed = std::chrono::milliseconds(INT64_MAX);
  out.throttled_by = "--max-latency";
  out.groups = {{bad, UINT64_MAX / 4}, {"", 1}};
  out.groups_folded = true;
  out.nodes = {{bad, 1, 1, 1, bad}, {"", UINT64_MAX / 2, 1, 1, {}}};
  return out;
}

}  // namespace rcache::invalidate
