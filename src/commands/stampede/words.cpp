#include "commands/stampede/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/stampede/recorded_words.h"
#include "commands/stampede/values.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::stampede {
namespace {

using render::Tone;

constexpr std::size_t k_longest_name = 60;

std::string count(double number) {
  return format_rounded(number);
}

std::string keys(const Scenario& scenario) {
  if (scenario.keys == 1) return "1 key";
  return scenario.zipf == 0 ? fmt::format("{} equal keys", count(scenario.keys))
                            : fmt::format("{} keys (zipf {})", count(scenario.keys), scenario.zipf);
}

std::string traffic(const Scenario& scenario) {
  if (scenario.clients > 0) {
    return fmt::format("{} clients, each pausing {}", count(scenario.clients),
                       format_span(scenario.think));
  }
  auto rate = format_rate(scenario.rate);
  rate.resize(rate.size() - 2);  // "500/s"
  return fmt::format("{} requests/s", rate);
}

std::string load_words(const LoadTime& load_time) {
  const auto span = format_span(load_time.span);
  switch (load_time.kind) {
    case LoadTime::Kind::exponential:
      return span + " (exponential)";
    case LoadTime::Kind::uniform:
      return fmt::format("{} to {}", span, format_span(load_time.upper));
    case LoadTime::Kind::lognormal:
      return fmt::format("{} (lognormal, sigma {})", span, load_time.sigma);
    default:
      return span;
  }
}

/// Whether each read brings its own load time.
bool loads_of_trace(const Report& report) {
  return report.recorded && report.recorded->loads && !report.recorded->load_time_given;
}

std::string database(const Report& report) {
  const auto& scenario = report.scenario;
  const char* beyond = scenario.db == DatabaseModel::fifo     ? "more loads wait"
                       : scenario.db == DatabaseModel::shared ? "more loads slow each other down"
                                                              : "more loads do not slow down";
  auto out = fmt::format(
      "a load takes {}; the database has {} {}, {}",
      loads_of_trace(report) ? "what it took in the trace" : load_words(scenario.load_time),
      count(scenario.db_slots), scenario.db_slots == 1 ? "slot" : "slots", beyond);
  if (scenario.db_timeout > 0)
    out += fmt::format("; given up after {}", format_span(scenario.db_timeout));
  return out;
}

std::string trouble(const Scenario& scenario) {
  std::string out;
  const auto add = [&](const std::string& words) { out += (out.empty() ? "" : "; ") + words; };
  if (scenario.crash > 0) add(fmt::format("{} of the loaders die", format_ratio(scenario.crash)));
  if (scenario.slow_at) {
    add(fmt::format("loads take {} times as long from {} on", scenario.slow_factor,
                    format_span(*scenario.slow_at)));
  }
  if (scenario.down_at) {
    add(fmt::format("the database is down from {} for {}", format_span(*scenario.down_at),
                    format_span(scenario.down_for)));
  }
  if (scenario.invalidate_every > 0)
    add(fmt::format("all keys are deleted every {}", format_span(scenario.invalidate_every)));
  if (scenario.whole_seconds) add("TTLs are set and read in whole seconds");
  return out;
}

/// What of the application is not as it is by default.
std::string application(const Scenario& scenario) {
  const Scenario usual;
  std::string out;
  const auto add = [&](const std::string& words) { out += (out.empty() ? "" : ", ") + words; };
  if (scenario.jitter) {
    add(fmt::format("{} up to {}", scenario.jitter_all ? "jitter under every strategy" : "jitter",
                    format_span(*scenario.jitter)));
  }
  if (scenario.warm && scenario.keys_together() < scenario.keys)
    add(fmt::format("{} keys expire together, the others at any time",
                    count(scenario.keys_together())));
  if (scenario.stale != usual.stale)
    add(fmt::format("swr keeps a value for {} past its TTL", format_span(scenario.stale)));
  if (scenario.lock_ttl) add("lock TTL " + format_span(*scenario.lock_ttl));
  if (scenario.poll) add("poll every " + format_span(*scenario.poll));
  if (scenario.wait_once != usual.wait_once)
    add("lock-once waits " + format_span(scenario.wait_once));
  if (scenario.beta != usual.beta) add(fmt::format("beta {}", scenario.beta));
  if (scenario.delta_cap > 0) add("delta at most " + format_span(scenario.delta_cap));
  return out;
}

/// As the beginning of a line.
std::string sentence(std::string words) {
  if (!words.empty() && words.front() >= 'a' && words.front() <= 'z')
    words.front() = static_cast<char>(words.front() - 'a' + 'A');
  return words;
}

std::string list(const std::vector<const StrategyReport*>& rows) {
  std::string out;
  for (const auto* row : rows)
    out += (out.empty() ? "" : ", ") + std::string(to_string(row->strategy));
  return out;
}

/// "peak 1,906 of 10 slots, 37s above, p99.9 16s"
std::string damage(const StrategyReport& row, const Scenario& scenario) {
  auto out = fmt::format("up to {} loads at once for {} {}", count(row.peak_range.high),
                         count(scenario.db_slots), scenario.db_slots == 1 ? "slot" : "slots");
  if (row.unstable_at_seconds)
    return out + fmt::format("; it never recovers, and was stopped at {}",
                             format_span(*row.unstable_at_seconds));
  if (row.seconds_above_slots > 0)
    out += fmt::format(", beyond them for {}", format_span(row.seconds_above_slots));
  out += fmt::format("; p99.9 {}", format_span(row.latency.p999));
  if (row.errors > 0) out += fmt::format(", {} errors", count(static_cast<double>(row.errors)));
  return out;
}

/// An empty cache's one stampede owns every maximum: what comes after it is the steady state.
std::string cold_start(const StrategyReport& row) {
  const auto& cold = *row.cold_start;
  return fmt::format("The cold start of {} took {}: {} loads, peak {}; later the peak was {}",
                     to_string(row.strategy), format_span(cold.seconds),
                     count(static_cast<double>(cold.loads)), count(cold.peak_loads),
                     count(cold.later_peak_loads));
}

std::string praise(const StrategyReport& row) {
  auto out =
      fmt::format("peak {}, p99.9 {}", count(row.peak_range.high), format_span(row.latency.p999));
  if (row.stale_age) out += fmt::format(", values up to {} stale", format_span(row.stale_age->max));
  if (row.errors > 0) out += fmt::format(", {} errors", count(static_cast<double>(row.errors)));
  return out;
}

}  // namespace

std::string title(const Report& report) {
  if (report.recorded) return recorded_title(*report.recorded);
  const auto& scenario = report.scenario;
  const auto head =
      scenario.name.empty() ? std::string("Stampede") : printable(scenario.name, k_longest_name);
  const auto life = scenario.ttl >= 100LL * 365 * 86'400 * k_second
                        ? std::string()
                        : ", TTL " + format_span(scenario.ttl);
  return fmt::format("{}: {}{}, {}", head, keys(scenario), life, traffic(scenario));
}

std::vector<std::string> setting(const Report& report) {
  const auto& scenario = report.scenario;
  std::vector<std::string> out;
  if (report.recorded) out = recorded_setting(*report.recorded, scenario);
  for (auto words : {database(report), trouble(scenario), application(scenario)}) {
    if (!words.empty()) out.push_back(sentence(std::move(words)));
  }
  auto seeds = report.runs > 1
                   ? fmt::format("seeds {} to {}", scenario.seed, scenario.seed + report.runs - 1)
                   : fmt::format("seed {}", scenario.seed);
  const auto* start = report.recorded ? "" : scenario.warm ? "warm cache, " : "cold cache, ";
  out.push_back(fmt::format("{} {}, {}; {}{} processes, round trip {}",
                            format_span(report.simulated_seconds),
                            report.live ? "each, live" : "simulated", seeds, start,
                            count(scenario.processes), format_span(scenario.rtt)));
  return out;
}

std::vector<std::pair<std::string, Tone>> verdict(const Report& report) {
  std::vector<std::pair<std::string, Tone>> out;
  std::vector<const StrategyReport*> within;
  std::vector<const StrategyReport*> beyond;
  for (const auto& row : report.strategies)
    (row.keeps_within_slots ? within : beyond).push_back(&row);
  for (const auto* row : beyond) {
    const bool unguarded = row->strategy == Strategy::none;
    if (!unguarded && !row->unstable_at_seconds) continue;
    out.emplace_back(fmt::format("{}: {}", to_string(row->strategy), damage(*row, report.scenario)),
                     Tone::fail);
  }
  if (within.empty()) {
    out.emplace_back(
        fmt::format("Nothing keeps the database within {}. Least bad: {}, {}",
                    report.scenario.db_slots == 1 ? std::string("its slot")
                                                  : count(report.scenario.db_slots) + " slots",
                    to_string(beyond.front()->strategy), damage(*beyond.front(), report.scenario)),
        Tone::fail);
    if (beyond.front()->cold_start) out.emplace_back(cold_start(*beyond.front()), Tone::plain);
    return out;
  }
  out.emplace_back(
      fmt::format("Best: {}, {}", to_string(within.front()->strategy), praise(*within.front())),
      Tone::ok);
  if (within.front()->cold_start) out.emplace_back(cold_start(*within.front()), Tone::plain);
  if (beyond.empty()) {
    out.emplace_back("All keep the database within its slots", Tone::ok);
  } else {
    out.emplace_back(
        fmt::format("{} of {} {} the database within its slots; not {}", within.size(),
                    report.strategies.size(), within.size() == 1 ? "keeps" : "keep", list(beyond)),
        Tone::plain);
  }
  return out;
}

std::string legend(const Report& report, render::Charset charset) {
  const auto* tick = charset == render::Charset::unicode ? "┃" : "|";
  return fmt::format("{} = {}, logarithmic. above: time beyond. More: rcache help strategies", tick,
                     report.scenario.db_slots == 1 ? std::string("1 slot")
                                                   : count(report.scenario.db_slots) + " slots");
}

}  // namespace rcache::stampede
