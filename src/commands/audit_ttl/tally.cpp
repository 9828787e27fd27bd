#include "commands/audit_ttl/tally.h"

#include <algorithm>
#include <cmath>

namespace rcache::audit_ttl {
namespace {

constexpr std::size_t k_examples = 3;
constexpr std::size_t k_most_cliffs = 50;
// One key in 128 says what the keys of a group take on average; of a small group the first 8.
constexpr std::uint64_t k_memory_first = 8;
constexpr std::uint64_t k_memory_every = 128;

void add_example(std::vector<std::string>& examples, std::string_view key) {
  if (examples.size() < k_examples) examples.emplace_back(key);
}

void add_examples(std::vector<std::string>& examples, const std::vector<std::string>& more) {
  for (const auto& key : more) add_example(examples, key);
}

std::optional<std::int64_t> ttl_of(const KeyTtl& seen) {
  return seen.pttl_ms < 0 ? std::nullopt : std::optional(seen.pttl_ms);
}

}  // namespace

Tally::Tally(Policy policy, char delimiter, std::int64_t start_unix_ms)
    : policy_(std::move(policy)),
      start_ms_(start_unix_ms),
      groups_(KeyPatternOptions{.delimiter = delimiter}) {
  for (const auto& rule : policy_.rules) {
    RuleResult result;
    result.rule = rule;
    rules_.push_back(std::move(result));
  }
}

void Tally::GroupTally::merge(const GroupTally& other) {
  if (count == 0) {
    seconds = other.seconds;
  } else if (other.count > 0) {
    seconds.merge(other.seconds);
  }
  count += other.count;
  without_ttl += other.without_ttl;
  memory_asked += other.memory_asked;
  memory_keys += other.memory_keys;
  memory_bytes += other.memory_bytes;
  offences.add(other.offences);
  ttl.merge(other.ttl);
  add_examples(offenders, other.offenders);
  add_examples(others, other.others);
}

Tally::Entered Tally::enter(const KeyTtl& seen) {
  if (seen.pttl_ms == -2) {
    ++gone_;
    return {};
  }
  const auto ttl = ttl_of(seen);
  auto& rule = rules_[policy_.rule_of(seen.key)];
  const auto offence = rule.rule.offence(ttl);
  if ((offence || !ttl) && !met_.enter(seen.key)) return {};
  ++rule.checked;
  if (offence) {
    ++rule.offences[*offence];
    add_example(rule.examples, seen.key);
  }
  if (ttl) {
    ++with_ttl_;
    ttl_.add(*ttl);
  } else {
    ++without_ttl_;
  }
  Entered entered;
  groups_.add(seen.key, [&](GroupTally& group) { entered = enter_group(group, seen, offence); });
  return entered;
}

Tally::Entered Tally::enter_group(GroupTally& group, const KeyTtl& seen,
                                  std::optional<Offence> offence) {
  if (group.count == 0) group.seconds = ExpirySeconds(start_ms_);
  ++group.count;
  if (seen.pttl_ms < 0) {
    ++group.without_ttl;
  } else {
    group.ttl.add(seen.pttl_ms);
    group.seconds.add(seen.at_unix_ms + seen.pttl_ms);
  }
  if (offence) ++group.offences[*offence];
  add_example(offence ? group.offenders : group.others, seen.key);
  Entered entered;
  entered.offence = offence;
  entered.ask_memory = group.memory_asked < k_memory_first || group.count % k_memory_every == 0;
  if (entered.ask_memory) ++group.memory_asked;
  return entered;
}

void Tally::enter_memory(std::string_view key, std::int64_t bytes) {
  groups_.add(key, [bytes](GroupTally& group) {
    ++group.memory_keys;
    group.memory_bytes += static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0));
  });
}

Group Tally::finished(const std::string& pattern, const GroupTally& tally) {
  Group group;
  group.pattern = pattern;
  group.keys = tally.count;
  group.without_ttl = tally.without_ttl;
  group.offences = tally.offences;
  if (tally.memory_keys > 0) {
    const auto mean =
        static_cast<double>(tally.memory_bytes) / static_cast<double>(tally.memory_keys);
    group.memory_bytes = std::llround(mean * static_cast<double>(tally.count));
  }
  group.ttl = tally.ttl;
  group.examples = tally.offenders;
  add_examples(group.examples, tally.others);
  return group;
}

void Tally::fill(AuditReport& report) const {
  report.scanned = scanned();
  report.with_ttl = with_ttl_;
  report.without_ttl = without_ttl_;
  report.gone = gone_;
  report.ttl = ttl_;
  report.rules = rules_;
  for (const auto& [pattern, tally] : groups_.groups()) {
    report.groups.push_back(finished(pattern, tally));
    for (auto& cliff : tally.seconds.cliffs(pattern)) report.cliffs.push_back(std::move(cliff));
  }
  sort_groups(report.groups);
  sort_cliffs(report.cliffs);
  if (report.cliffs.size() > k_most_cliffs) report.cliffs.resize(k_most_cliffs);
  if (groups_.folded())
    report.notes.emplace_back(
        "there are very many key patterns: rare ones are counted in wider ones");
  if (met_.full()) {
    report.notes.emplace_back(
        "there are too many offenders to remember them all: one that SCAN repeats counts twice");
  }
}

}  // namespace rcache::audit_ttl
