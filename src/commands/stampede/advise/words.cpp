#include "commands/stampede/advise/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/stampede/values.h"
#include "core/units.h"
#include "stampede/closed_forms.h"

namespace rcache::stampede {
namespace {

using render::Tone;
using Setting = Change::Setting;

std::string words_of(const Change& change) {
  switch (change.setting) {
    case Setting::jitter:
      return fmt::format("a jitter of up to {} in milliseconds", format_span(change.span));
    case Setting::lock_ttl:
      return fmt::format("a lock TTL of {}", format_span(change.span));
    case Setting::delta_cap:
      return fmt::format("its delta capped at {}", format_span(change.span));
    case Setting::milliseconds:
      return "PX and PTTL instead of EX and TTL";
    case Setting::warm:
      return "a cache that was filled before the traffic comes";
    case Setting::ttl:
      return fmt::format("a TTL of {}", format_span(change.span));
    default:
      return counted(change.slots, "slot");
  }
}

std::string result_words(const StrategyReport& row, std::uint32_t slots) {
  auto out = fmt::format("peak {} of {}, p99.9 {}", format_rounded(row.peak_range.high),
                         counted(slots, "slot"), format_span(row.p999_range.high));
  if (row.stale_age) out += fmt::format(", values up to {} stale", format_span(row.stale_age->max));
  if (row.errors > 0)
    out += fmt::format(", {} errors", format_rounded(static_cast<double>(row.errors)));
  return out;
}

/// What happens when nothing is done.
std::string today_words(const Advice& advice) {
  const auto& row = advice.today;
  auto out =
      fmt::format("Without a guard: up to {} loads at once for {}",
                  format_rounded(row.peak_range.high), counted(advice.scenario.db_slots, "slot"));
  if (row.unstable_at_seconds)
    return out + fmt::format("; it never recovers, and was stopped at {}",
                             format_span(*row.unstable_at_seconds));
  if (row.seconds_above_slots > 0)
    out += fmt::format(", beyond them for {}", format_span(row.seconds_above_slots));
  out += fmt::format("; p99.9 {}", format_span(row.p999_range.high));
  if (row.errors > 0)
    out += fmt::format(", {} errors", format_rounded(static_cast<double>(row.errors)));
  if (advice.outlook.together_later) {
    out += fmt::format("; but after the end of the trace {} keys expire together",
                       format_rounded(advice.outlook.keys_together));
  }
  return out;
}

std::string floor_words(const Advice& advice) {
  const auto& seen = advice.outlook;
  auto out = fmt::format("{} of {}: loads at once that no strategy avoids",
                         small_number(seen.floor_loads), counted(advice.scenario.db_slots, "slot"));
  if (seen.least_ttl)
    return out + fmt::format("; needs a TTL of {} or more", format_span(*seen.least_ttl));
  if (seen.floor_loads > 0.7 * advice.scenario.db_slots) out += "; little room, raise the TTLs";
  return out;
}

}  // namespace

std::string words_of(const std::vector<Change>& changes) {
  std::string out;
  for (std::size_t index = 0; index < changes.size(); ++index) {
    if (index > 0) out += index + 1 == changes.size() ? " and " : ", ";
    out += words_of(changes[index]);
  }
  return out;
}

std::string words_of(const Proof& proof, const Scenario& scenario) {
  const auto strategy = proof.result.strategy;
  std::string out;
  const auto* jitter = find(proof.changes, Setting::jitter);
  if (strategy == Strategy::jitter && jitter != nullptr && proof.changes.size() == 1) {
    out = fmt::format("--jitter {} in milliseconds", format_span(jitter->span));
  } else {
    out = to_string(strategy);
    if (!proof.changes.empty()) out += " with " + words_of(proof.changes);
  }
  const auto* slots = find(proof.changes, Setting::slots);
  return out + ": " +
         result_words(proof.result, slots == nullptr ? scenario.db_slots : slots->slots);
}

std::vector<std::pair<std::string, Tone>> verdict(const Advice& advice) {
  std::vector<std::pair<std::string, Tone>> out;
  const auto& scenario = advice.scenario;
  if (advice.feasible() && advice.recommendations.front().result.strategy == Strategy::none) {
    out.emplace_back(
        fmt::format("Nothing needs to change: {}", result_words(advice.today, scenario.db_slots)),
        Tone::ok);
    return out;
  }
  const bool holds = advice.today.keeps_within_slots;
  out.emplace_back(today_words(advice), holds ? Tone::ok : Tone::fail);
  if (advice.feasible()) {
    const auto& first = advice.recommendations.front();
    const bool only_jitter = first.result.strategy == Strategy::jitter;
    out.emplace_back(fmt::format("Smallest change: {} {}", only_jitter ? "add" : "take",
                                 words_of(first, scenario)),
                     Tone::ok);
    const auto* safest = advice.safest();
    if (safest != nullptr && safest != &first)
      out.emplace_back("Safest: take " + words_of(*safest, scenario), Tone::ok);
    return out;
  }
  if (advice.outlook.least_ttl) {
    out.emplace_back(
        fmt::format("No strategy can help: keeping all values fresh takes {} loads at once, more "
                    "than the {}",
                    small_number(advice.outlook.floor_loads), counted(scenario.db_slots, "slot")),
        Tone::fail);
  } else {
    out.emplace_back(
        fmt::format("No strategy keeps the database within {}", counted(scenario.db_slots, "slot")),
        Tone::fail);
  }
  for (std::size_t index = 0; index < advice.remedies.size(); ++index) {
    out.emplace_back(fmt::format("{} {}", index == 0 ? "What would: take" : "Or take",
                                 words_of(advice.remedies[index], scenario)),
                     Tone::warn);
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> by_formula(const Advice& advice) {
  const auto& scenario = advice.scenario;
  const auto& seen = advice.outlook;
  std::vector<std::pair<std::string, std::string>> out;
  out.emplace_back("floor", floor_words(advice));
  const auto alone = closed::loads_cache_aside(seen.key_rate, seen.load_seconds);
  auto expiry = fmt::format("{} loads when {} expires and nothing guards it", small_number(alone),
                            scenario.keys == 1 ? "the key" : "the hottest key");
  if (seen.expiry_loads > 1.05 * alone) {
    expiry +=
        fmt::format("; {} because they slow each other down",
                    seen.expiry_loads > 1e9 ? "without end" : small_number(seen.expiry_loads));
  }
  out.emplace_back("one expiry", std::move(expiry));
  if (seen.jitter) {
    out.emplace_back(
        "together",
        fmt::format("{} keys expire at one moment and are asked for within one load: a jitter of "
                    "{} in milliseconds spreads them, {} when every miss loads",
                    small_number(seen.keys_together), format_span(*seen.jitter),
                    format_span(*seen.herd_jitter)));
  }
  out.emplace_back(
      "lock TTL", fmt::format("{} or more: twice the longest load ({})", format_span(seen.lock_ttl),
                              format_span(seen.longest_seconds)));
  return out;
}

std::string proof_words(const Advice& advice) {
  auto out = fmt::format("Proved by simulation: {} of {}, the same requests for all",
                         format_span(advice.proof_duration),
                         advice.runs == 1 ? fmt::format("seed {}", advice.scenario.seed)
                                          : fmt::format("seeds {} to {}", advice.scenario.seed,
                                                        advice.scenario.seed + advice.runs - 1));
  if (advice.recorded && advice.proof_duration < advice.scenario.ttl) {
    out += fmt::format("; the trace is shorter than the TTL ({}), and most expiries are not in it",
                       format_span(advice.scenario.ttl));
  }
  if (advice.proof_ttl != advice.scenario.ttl) {
    out += fmt::format("; with a TTL of {}, which brings the same expiries more often",
                       format_span(advice.proof_ttl));
  }
  return out;
}

}  // namespace rcache::stampede
