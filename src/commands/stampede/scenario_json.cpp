#include "commands/stampede/scenario_json.h"

#include <nlohmann/json.hpp>

#include "commands/stampede/values.h"
#include "core/key.h"

namespace rcache::stampede {
namespace {

using render::Json;
using render::key_json;
using render::number_json;

Json span_json(Nanos span) {
  return number_json(seconds(span));
}

Json span_json(const std::optional<Nanos>& span) {
  return span ? span_json(*span) : Json(nullptr);
}

Json load_time_json(const LoadTime& load_time) {
  Json out{{"text", to_string(load_time)}, {"mean_seconds", number_json(mean_seconds(load_time))}};
  return out;
}

}  // namespace

Json scenario_json(const Scenario& scenario) {
  return {
      {"name", key_json(scenario.name)},
      {"rate_per_second", scenario.clients > 0 ? Json(nullptr) : number_json(scenario.rate)},
      {"clients", scenario.clients > 0 ? Json(scenario.clients) : Json(nullptr)},
      {"think_seconds", scenario.clients > 0 ? span_json(scenario.think) : Json(nullptr)},
      {"keys", scenario.keys},
      {"zipf", number_json(scenario.zipf)},
      {"ttl_seconds", span_json(scenario.ttl)},
      {"jitter_seconds", span_json(scenario.jitter_or_default())},
      {"jitter_all", scenario.jitter_all},
      {"whole_seconds", scenario.whole_seconds},
      {"stale_seconds", span_json(scenario.stale)},
      {"rtt_seconds", span_json(scenario.rtt)},
      {"warm", scenario.warm},
      {"keys_together", scenario.warm ? Json(scenario.keys_together()) : Json(nullptr)},
      {"load_time", load_time_json(scenario.load_time)},
      {"db_slots", scenario.db_slots},
      {"db", to_string(scenario.db)},
      {"db_timeout_seconds",
       scenario.db_timeout > 0 ? span_json(scenario.db_timeout) : Json(nullptr)},
      {"processes", scenario.processes},
      {"beta", number_json(scenario.beta)},
      {"delta_cap_seconds", scenario.delta_cap > 0 ? span_json(scenario.delta_cap) : Json(nullptr)},
      {"lock_ttl_seconds", span_json(scenario.lock_ttl)},
      {"poll_seconds", span_json(scenario.poll)},
      {"wait_once_seconds", span_json(scenario.wait_once)},
      {"crash_ratio", number_json(scenario.crash)},
      {"slow_at_seconds", span_json(scenario.slow_at)},
      {"slow_factor", number_json(scenario.slow_factor)},
      {"down_at_seconds", span_json(scenario.down_at)},
      {"down_for_seconds", span_json(scenario.down_for)},
      {"invalidate_every_seconds",
       scenario.invalidate_every > 0 ? span_json(scenario.invalidate_every) : Json(nullptr)},
      {"duration_seconds", span_json(scenario.duration)},
      {"seed", scenario.seed},
      {"max_in_flight", scenario.max_in_flight}};
}

Json range_json(const Range& range) {
  return Json::array({render::number_json(range.low), render::number_json(range.high)});
}

}  // namespace rcache::stampede
