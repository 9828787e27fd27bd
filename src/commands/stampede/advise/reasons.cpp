#include "commands/stampede/advise/reasons.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/stampede/values.h"
#include "core/units.h"
#include "stampede/closed_forms.h"

namespace rcache::stampede {
namespace {

std::string failure_words(const StrategyReport& row) {
  auto out = "peak " + format_rounded(row.peak_range.high);
  if (row.unstable_at_seconds) return out + ", and it never recovers";
  if (row.seconds_above_slots > 0)
    out += fmt::format(", {} above the slots", format_span(row.seconds_above_slots));
  return out;
}

/// Why the closed forms expect it to fail; empty when they say nothing.
std::string reason_of_failure(Strategy strategy, const Advice& advice) {
  const auto& scenario = advice.scenario;
  const auto& seen = advice.outlook;
  switch (strategy) {
    case Strategy::jitter:
      if (scenario.keys == 1) return "one key expires whole, whatever its jitter";
      break;
    case Strategy::mutex:
    case Strategy::swr_singleflight:
      if (scenario.processes > 1)
        return fmt::format("a key is loaded in each of {} processes",
                           format_count(scenario.processes));
      break;
    case Strategy::lock_once:
      return fmt::format("after {} losers load too", format_span(scenario.wait_once));
    case Strategy::redlock:
    case Strategy::redlock_recheck:
      if (seen.load_seconds > 1) return "waiters give up after about 2s, and load too";
      break;
    case Strategy::swr:
      return "every stale answer starts a refresh of its own";
    case Strategy::xfetch:
    case Strategy::xfetch_nodelta: {
      const double delta = strategy == Strategy::xfetch ? seen.load_seconds : 1;
      const double loads = closed::xfetch_loads(scenario.beta, delta, seen.load_seconds);
      if (loads > 1.5)
        return fmt::format("about {} loads for each refresh, and no bound", small_number(loads));
      break;
    }
    default:
      break;
  }
  if (!scenario.warm) return "an empty cache must load every key once";
  if (seen.keys_together > scenario.db_slots) return "keys that expire together";
  return {};
}

std::string objection_words(const Objection& objection) {
  switch (objection.kind) {
    case Objection::Kind::wait_too_short:
      return fmt::format("1 of 100 loads takes {} or more, but losers wait {} and then load too",
                         format_span(objection.value), format_span(objection.limit));
    case Objection::Kind::gives_up:
      return fmt::format("a load takes {}, and it gives up after about {}",
                         format_span(objection.value), format_span(objection.limit));
    case Objection::Kind::convoy:
      return fmt::format(
          "waiters queue for the lock without looking at the cache: {} of what it bears",
          format_ratio(objection.value));
    case Objection::Kind::too_early:
      return fmt::format("refreshes {} before the expiry, more than half of the TTL ({})",
                         format_span(objection.value), format_span(objection.limit));
    default:
      return "load times vary too much for the one that was measured last";
  }
}

}  // namespace

std::string why(const Proof& proof, const Advice& advice) {
  const auto& scenario = advice.scenario;
  const auto& seen = advice.outlook;
  std::string out;
  switch (proof.result.strategy) {
    case Strategy::none:
      return "nothing expires hard enough";
    case Strategy::jitter:
      break;
    case Strategy::mutex:
    case Strategy::swr_singleflight:
      out = fmt::format("a key is loaded once in each of {} processes",
                        format_count(scenario.processes));
      break;
    case Strategy::xfetch_nodelta:
    case Strategy::xfetch: {
      const double delta = proof.result.strategy == Strategy::xfetch ? seen.load_seconds : 1;
      out = fmt::format(
          "about {} loads for each refresh, {} before the expiry",
          small_number(closed::xfetch_loads(scenario.beta, delta, seen.load_seconds)),
          format_span(std::max(0.0, closed::xfetch_gap(seen.key_rate, scenario.beta, delta))));
      break;
    }
    case Strategy::xfetch_lock:
      out = "one refresh for each key before it expires";
      break;
    case Strategy::swr:
      out = "stale answers while values are loaded";
      break;
    case Strategy::swr_lock:
      out = "one refresh for each key, behind stale answers";
      break;
    default:
      out = "one load for each key, others wait";
  }
  if (const auto* jitter = find(proof.changes, Change::Setting::jitter)) {
    out += fmt::format("{}the keys that expired together are spread over {}",
                       out.empty() ? "" : "; ", format_span(jitter->span));
  }
  return out;
}

std::string why_not(const Refusal& refusal, const Advice& advice) {
  if (refusal.objection) return objection_words(*refusal.objection);
  const auto reason = reason_of_failure(refusal.result.strategy, advice);
  const auto fact = failure_words(refusal.result);
  return reason.empty() ? fact : fact + ": " + reason;
}

}  // namespace rcache::stampede
