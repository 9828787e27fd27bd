#include "render/csv.h"

#include "commands/stampede/render.h"
#include "commands/stampede/sweep_render.h"

namespace rcache::stampede {
namespace {

using render::CsvLine;

struct Field {
  const char* name;
  void (*write)(CsvLine& line, const StrategyReport& row);
};

template <auto member>
void whole(CsvLine& line, const StrategyReport& row) {
  line.number(std::optional(static_cast<std::int64_t>(row.*member)));
}

template <auto member>
void real(CsvLine& line, const StrategyReport& row) {
  line.number(std::optional<double>(row.*member));
}

template <auto spread, auto point>
void of_spread(CsvLine& line, const StrategyReport& row) {
  line.number(std::optional<double>((row.*spread).*point));
}

using R = StrategyReport;

constexpr Field k_fields[] = {
    {"strategy", [](CsvLine& line, const R& row) { line.text(to_string(row.strategy)); }},
    {"keeps_within_slots", whole<&R::keeps_within_slots>},
    {"requests", whole<&R::requests>},
    {"hits", whole<&R::hits>},
    {"stale", whole<&R::stale>},
    {"misses", whole<&R::misses>},
    {"loads", whole<&R::loads>},
    {"wasted_loads", whole<&R::wasted_loads>},
    {"peak_loads", whole<&R::peak_loads>},
    {"peak_loads_low",
     [](CsvLine& line, const R& row) { line.number(std::optional(row.peak_range.low)); }},
    {"peak_loads_high",
     [](CsvLine& line, const R& row) { line.number(std::optional(row.peak_range.high)); }},
    {"peak_queue", whole<&R::peak_queue>},
    {"episodes", whole<&R::episodes>},
    {"stampede_size_mean", real<&R::mean_size>},
    {"stampede_size_max", whole<&R::max_size>},
    {"seconds_above_slots", real<&R::seconds_above_slots>},
    {"errors", whole<&R::errors>},
    {"latency_p50_seconds", of_spread<&R::latency, &Spread::p50>},
    {"latency_p99_seconds", of_spread<&R::latency, &Spread::p99>},
    {"latency_p999_seconds", of_spread<&R::latency, &Spread::p999>},
    {"latency_max_seconds", of_spread<&R::latency, &Spread::max>},
    {"stale_age_max_seconds",
     [](CsvLine& line, const R& row) {
       line.number(row.stale_age ? std::optional(row.stale_age->max) : std::nullopt);
     }},
    {"db_wait_max_seconds", of_spread<&R::db_wait, &Spread::max>},
    {"lock_tries", whole<&R::lock_tries>},
    {"redis_operations", whole<&R::redis_operations>},
    {"unstable_at_seconds",
     [](CsvLine& line, const R& row) { line.number(row.unstable_at_seconds); }},
};

}  // namespace

std::string csv(const Report& report) {
  if (report.sweep) return sweep_csv(*report.sweep);
  CsvLine header;
  for (const auto& field : k_fields) header.text(field.name);
  auto out = header.str();
  for (const auto& row : report.strategies) {
    CsvLine line;
    for (const auto& field : k_fields) field.write(line, row);
    out += line.str();
  }
  return out;
}

}  // namespace rcache::stampede
