#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands/stampede/recorded_json.h"
#include "commands/stampede/render.h"
#include "commands/stampede/scenario_json.h"
#include "commands/stampede/sweep_render.h"
#include "render/json.h"

namespace rcache::stampede {
namespace {

using render::Json;
using render::number_json;

Json spread_json(const Spread& spread) {
  return {{"p50", number_json(spread.p50)},
          {"p95", number_json(spread.p95)},
          {"p99", number_json(spread.p99)},
          {"p999", number_json(spread.p999)},
          {"max", number_json(spread.max)}};
}

Json stale_json(const StrategyReport& row) {
  if (!row.stale_age) return nullptr;
  return {{"mean", number_json(row.mean_stale_age_seconds)},
          {"p50", number_json(row.stale_age->p50)},
          {"p99", number_json(row.stale_age->p99)},
          {"max", number_json(row.stale_age->max)}};
}

Json sizes_json(const std::vector<SizeCount>& sizes) {
  auto out = Json::array();
  for (const auto& each : sizes) out.push_back(Json::array({each.size, each.episodes}));
  return out;
}

Json cold_start_json(const std::optional<ColdStart>& cold) {
  if (!cold) return nullptr;
  return {{"seconds", number_json(cold->seconds)},
          {"loads", cold->loads},
          {"peak_loads", cold->peak_loads},
          {"later_peak_loads", cold->later_peak_loads}};
}

Json part_json(std::optional<std::uint64_t> part, std::uint64_t all) {
  if (!part || all == 0) return nullptr;
  return number_json(static_cast<double>(*part) / static_cast<double>(all));
}

/// Loads at once over time in at most so many points, each the most of its span.
Json series_json(const LoadSeries& series) {
  constexpr std::size_t k_most_points = 240;
  const auto merged =
      std::max<std::size_t>(1, (series.peaks.size() + k_most_points - 1) / k_most_points);
  std::vector<std::uint32_t> peaks((series.peaks.size() + merged - 1) / merged);
  for (std::size_t bin = 0; bin < series.peaks.size(); ++bin)
    peaks[bin / merged] = std::max(peaks[bin / merged], series.peaks[bin]);
  return {{"bin_seconds", number_json(series.bin_seconds * static_cast<double>(merged))},
          {"peaks", std::move(peaks)}};
}

Json expected_json(const Expectation& expected) {
  return {{"peak_loads", range_json(expected.peak)},
          {"loads", range_json(expected.loads)},
          {"latency_p999_seconds", range_json(expected.p999)}};
}

Json strategy_json(const StrategyReport& row, std::uint32_t runs) {
  Json out{{"name", to_string(row.strategy)},
           {"requests", row.requests},
           {"hits", row.hits},
           {"stale", row.stale},
           {"misses", row.misses},
           {"hit_ratio", part_json(row.hits + row.stale, row.requests)},
           {"waited", row.waited ? Json(*row.waited) : Json(nullptr)},
           {"waited_ratio", part_json(row.waited, row.requests)},
           {"loads", row.loads},
           {"wasted_loads", row.wasted_loads},
           {"peak_loads", row.peak_loads},
           {"peak_queue", row.peak_queue},
           {"peak_at_seconds", number_json(row.peak_at_seconds)},
           {"episodes", row.episodes},
           {"stampede_size",
            {{"mean", number_json(row.mean_size)}, {"p99", row.p99_size}, {"max", row.max_size}}},
           {"stampede_sizes", sizes_json(row.sizes)},
           {"gap_seconds", row.mean_gap_seconds ? Json{{"mean", number_json(row.mean_gap_seconds)}}
                                                : Json(nullptr)},
           {"seconds_above_slots", number_json(row.seconds_above_slots)},
           {"longest_above_seconds", number_json(row.longest_above_seconds)},
           {"cold_start", cold_start_json(row.cold_start)},
           {"load_series", series_json(row.series)},
           {"errors", row.errors},
           {"failed_loads", row.failed_loads},
           {"background_loads", row.background_loads},
           {"unfinished", row.unfinished},
           {"latency_seconds", spread_json(row.latency)},
           {"stale_age_seconds", stale_json(row)},
           {"db_wait_seconds",
            {{"mean", number_json(row.mean_db_wait_seconds)},
             {"p50", number_json(row.db_wait.p50)},
             {"p99", number_json(row.db_wait.p99)},
             {"max", number_json(row.db_wait.max)}}},
           {"lock_tries", row.lock_tries},
           {"lock_failures", row.lock_failures},
           {"give_ups", row.give_ups},
           {"foreign_releases", row.foreign_releases},
           {"redis_operations", row.redis_operations},
           {"peak_waiting", row.peak_waiting},
           {"unstable", row.unstable_at_seconds.has_value()},
           {"unstable_at_seconds", number_json(row.unstable_at_seconds)},
           {"keeps_within_slots", row.keeps_within_slots}};
  if (runs > 1) {
    out["ranges"] = {{"peak_loads", range_json(row.peak_range)},
                     {"loads", range_json(row.loads_range)},
                     {"latency_p999_seconds", range_json(row.p999_range)}};
  }
  if (row.expected) out["expected"] = expected_json(*row.expected);
  return out;
}

Json live_json(const LiveFacts& live) {
  return {{"server", live.server},
          {"connections", live.connections},
          {"late_p99_seconds", number_json(live.late_seconds)},
          {"complete", live.complete}};
}

const char* mode_word(Report::Mode mode) {
  switch (mode) {
    case Report::Mode::replay:
      return "replay";
    case Report::Mode::live:
      return "live";
    default:
      return "simulate";
  }
}

}  // namespace

std::string json(const Report& report) {
  auto rows = Json::array();
  for (const auto& row : report.strategies) rows.push_back(strategy_json(row, report.runs));
  Json out{
      {"schema", "rcache.stampede/1"},
      {"mode", mode_word(report.mode)},
      {"scenario", scenario_json(report.scenario)},
      {"runs", report.runs},
      {"simulated_seconds", number_json(report.simulated_seconds)},
      {"strategies", std::move(rows)},
      {"best", report.strategies.empty() ? Json(nullptr)
                                         : Json(to_string(report.strategies.front().strategy))}};
  if (report.sweep) out["sweep"] = sweep_json(*report.sweep);
  if (report.recorded) out["trace"] = recorded_json(*report.recorded);
  if (report.live) out["live"] = live_json(*report.live);
  if (report.elapsed_seconds) out["elapsed_seconds"] = number_json(report.elapsed_seconds);
  if (report.simulated_requests_per_second)
    out["simulated_requests_per_second"] = number_json(report.simulated_requests_per_second);
  return render::dump(out, render::JsonLayout::indented);
}

}  // namespace rcache::stampede
