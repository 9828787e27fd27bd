#include "commands/audit_ttl/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/key.h"
#include "core/units.h"
#include "render/github.h"

namespace rcache::audit_ttl {
namespace {

constexpr std::size_t k_shown_bytes = 512;

std::string_view short_words(Offence offence) {
  switch (offence) {
    case Offence::unwanted:
      return "with an unwanted TTL";
    case Offence::too_short:
      return "under min";
    case Offence::too_long:
      return "over max";
    case Offence::missing:
      break;
  }
  return "without TTL";
}

}  // namespace

std::string keys_have(std::uint64_t keys) {
  return counted(keys, "key") + (keys == 1 ? " has" : " have");
}

std::string keys_are(std::uint64_t keys) {
  return counted(keys, "key") + (keys == 1 ? " is" : " are");
}

std::string_view words_of(Offence offence) {
  switch (offence) {
    case Offence::unwanted:
      return "a TTL and must not have one";
    case Offence::too_short:
      return "less left than the rule's min";
    case Offence::too_long:
      return "more left than the rule's max";
    case Offence::missing:
      break;
  }
  return "no TTL and must have one";
}

std::string summary(const Offences& offences) {
  std::string out;
  for (const auto kind : k_offences) {
    if (offences[kind] == 0) continue;
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", format_count(offences[kind]),
                       short_words(kind));
  }
  return out;
}

std::string demand(const Rule& rule) {
  if (rule.ttl == TtlNeed::none) return "must not expire";
  const std::string need = rule.ttl == TtlNeed::any ? "may expire" : "must expire";
  if (rule.min_ms && rule.max_ms)
    return fmt::format("{}, {} to {} left", need, lifetime(*rule.min_ms), lifetime(*rule.max_ms));
  if (rule.max_ms) return fmt::format("{} within {}", need, lifetime(*rule.max_ms));
  if (rule.min_ms) return fmt::format("{}, {} or more left", need, lifetime(*rule.min_ms));
  return need;
}

std::string rule_name(const AuditReport& report, std::size_t index) {
  const auto& rule = report.rules[index].rule;
  if (!rule.implied) return shown(rule.pattern.text());
  return report.rules.size() == 1 ? "(every key)" : "(every other key)";
}

std::string shown(std::string_view key) {
  return key.empty() ? "(empty)" : in_quotes(key);
}

std::string in_quotes(std::string_view text) {
  return render::without_workflow_commands(printable(text, k_shown_bytes));
}

std::string words_of(const Cliff& cliff, std::int64_t now_unix_ms) {
  const auto when = cliff.seconds == 1 ? "at " + format_utc(cliff.at_unix_ms)
                                       : fmt::format("within {} s from {}", cliff.seconds,
                                                     format_utc(cliff.at_unix_ms));
  const auto away = cliff.at_unix_ms - now_unix_ms;
  return fmt::format("{}{} of {} expire {}{}", cliff.at_least ? "at least " : "",
                     counted(cliff.keys, "key"), shown(cliff.pattern), when,
                     away > 0 ? fmt::format(" (in {})", lifetime(away)) : "");
}

std::vector<TtlClass> ttl_classes(const TtlHistogram& ttl) {
  constexpr std::int64_t k_minute = 60'000;
  constexpr std::int64_t k_hour = 60 * k_minute;
  constexpr std::int64_t k_day = 24 * k_hour;
  constexpr std::int64_t k_edges[] = {
      0,      1'000,      10'000, k_minute,  5 * k_minute, 15 * k_minute,
      k_hour, 6 * k_hour, k_day,  7 * k_day, 30 * k_day};
  std::vector<TtlClass> out;
  std::uint64_t before = 0;
  for (std::size_t at = 0; at < std::size(k_edges); ++at) {
    TtlClass next{k_edges[at], {}, ttl.keys() - before};
    if (at + 1 < std::size(k_edges)) {
      next.to_ms = k_edges[at + 1];
      const auto until = ttl.keys_between(0, static_cast<double>(*next.to_ms));
      const auto rounded = static_cast<std::uint64_t>(std::llround(until));
      next.keys = std::min(rounded, ttl.keys()) - std::min(before, rounded);
    }
    before += next.keys;
    if (next.keys > 0) out.push_back(next);
  }
  return out;
}

std::string lifetime(std::int64_t ms) {
  return format_duration(std::chrono::milliseconds(ms));
}

}  // namespace rcache::audit_ttl
