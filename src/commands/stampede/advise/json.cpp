#include <nlohmann/json.hpp>

#include "commands/stampede/advise/reasons.h"
#include "commands/stampede/advise/render.h"
#include "commands/stampede/advise/words.h"
#include "commands/stampede/recorded_json.h"
#include "commands/stampede/scenario_json.h"
#include "core/key.h"
#include "core/units.h"
#include "render/json.h"

namespace rcache::stampede {
namespace {

using render::Json;
using render::number_json;

Json span_json(const std::optional<Nanos>& span) {
  return span ? number_json(seconds(*span)) : Json(nullptr);
}

Json changes_json(const std::vector<Change>& changes) {
  auto out = Json::object();
  for (const auto& each : changes) {
    switch (each.setting) {
      case Change::Setting::jitter:
        out["jitter_seconds"] = span_json(each.span);
        break;
      case Change::Setting::lock_ttl:
        out["lock_ttl_seconds"] = span_json(each.span);
        break;
      case Change::Setting::delta_cap:
        out["delta_cap_seconds"] = span_json(each.span);
        break;
      case Change::Setting::milliseconds:
        out["whole_seconds"] = false;
        break;
      case Change::Setting::warm:
        out["warm"] = true;
        break;
      case Change::Setting::ttl:
        out["ttl_seconds"] = span_json(each.span);
        break;
      case Change::Setting::slots:
        out["db_slots"] = each.slots;
        break;
    }
  }
  return out;
}

/// What the simulation came to; the largest values are those of all seeds.
void add_result(Json& out, const StrategyReport& row) {
  out["peak_loads"] = static_cast<std::int64_t>(row.peak_range.high);
  out["loads"] = row.loads;
  out["errors"] = row.errors;
  out["seconds_above_slots"] = number_json(row.seconds_above_slots);
  out["latency_p999_seconds"] = number_json(row.p999_range.high);
  out["stale_age_max_seconds"] = row.stale_age ? number_json(row.stale_age->max) : Json(nullptr);
  out["unstable"] = row.unstable_at_seconds.has_value();
}

Json proof_json(const Proof& proof, const Advice& advice) {
  Json out{{"strategy", to_string(proof.result.strategy)},
           {"parameters", changes_json(proof.changes)}};
  add_result(out, proof.result);
  out["why"] = why(proof, advice);
  return out;
}

Json proofs_json(const std::vector<Proof>& proofs, const Advice& advice) {
  auto out = Json::array();
  for (const auto& each : proofs) out.push_back(proof_json(each, advice));
  return out;
}

Json outlook_json(const Outlook& outlook) {
  return {{"key_rate_per_second", number_json(outlook.key_rate)},
          {"load_mean_seconds", number_json(outlook.load_seconds)},
          {"load_p999_seconds", number_json(outlook.longest_seconds)},
          {"expiry_loads", number_json(outlook.expiry_loads)},
          {"keys_together", number_json(outlook.keys_together)},
          {"together_after_the_end", outlook.together_later},
          {"jitter_seconds", span_json(outlook.jitter)},
          {"jitter_without_guard_seconds", span_json(outlook.herd_jitter)},
          {"lock_ttl_seconds", span_json(outlook.lock_ttl)},
          {"delta_cap_seconds", span_json(outlook.delta_cap)},
          {"least_ttl_seconds", span_json(outlook.least_ttl)}};
}

Json cliffs_json(const std::vector<Cliff>& cliffs) {
  auto out = Json::array();
  for (const auto& each : cliffs) {
    out.push_back({{"at", format_utc(each.at_unix_ms)},
                   {"seconds", each.seconds},
                   {"keys", each.keys},
                   {"at_least", each.at_least}});
  }
  return out;
}

Json ttls_json(const PatternTtls& ttls) {
  return {{"pattern", render::key_json(ttls.pattern)},
          {"keys", ttls.keys},
          {"without_ttl", ttls.without_ttl},
          {"ttl_seconds", ttls.keys == 0 ? Json(nullptr) : span_json(ttls.longest)},
          {"cliffs", cliffs_json(ttls.cliffs)}};
}

/// A pattern of a keyspace: its TTLs, and its traffic where that was measured.
Json pattern_json(const KeyspaceAdvice& advice, const PatternTtls& ttls) {
  auto out = ttls_json(ttls);
  if (advice.listened_seconds == 0) return out;
  out["reads"] = ttls.reads.all;
  out["hottest_reads"] = ttls.reads.hottest;
  out["rate_per_second"] = number_json(advice.rate_of(ttls));
  return out;
}

/// What was heard; null when nobody listened.
Json traffic_json(const KeyspaceLook& look) {
  if (!look.traffic) return nullptr;
  const auto& heard = *look.traffic;
  return {{"reads", heard.reads},
          {"keys", heard.keys},
          {"duration_seconds", number_json(heard.seconds)},
          {"full", look.traffic_full},
          {"loads", loads_json(heard.loads)},
          {"load_time_given", heard.load_time_given},
          {"polls_left_out", heard.polls},
          {"written_ahead", heard.written_ahead},
          {"filtered", heard.filtered},
          {"malformed", heard.malformed}};
}

/// All of an advice but the schema.
void add_advice(Json& out, const Advice& advice) {
  Json today{{"strategy", to_string(advice.today.strategy)}};
  add_result(today, advice.today);
  auto refusals = Json::array();
  for (const auto& each : advice.refusals) {
    Json refusal{{"strategy", to_string(each.result.strategy)}};
    add_result(refusal, each.result);
    refusal["keeps_within_slots"] = each.result.keeps_within_slots;
    refusal["why"] = why_not(each, advice);
    refusals.push_back(std::move(refusal));
  }
  const auto* safest = advice.safest();
  out["db_slots"] = advice.scenario.db_slots;
  out["feasible"] = advice.feasible();
  out["floor_loads"] = number_json(advice.outlook.floor_loads);
  out["closed_form"] = outlook_json(advice.outlook);
  out["today"] = std::move(today);
  out["recommendations"] = proofs_json(advice.recommendations, advice);
  out["safest"] = safest == nullptr ? Json(nullptr) : Json(to_string(safest->result.strategy));
  out["not_recommended"] = std::move(refusals);
  out["remedies"] = proofs_json(advice.remedies, advice);
  out["scenario"] = scenario_json(advice.scenario);
  out["runs"] = advice.runs;
  out["simulated_seconds"] = number_json(seconds(advice.proof_duration));
  out["simulated_ttl_seconds"] = number_json(seconds(advice.proof_ttl));
}

}  // namespace

std::string json(const Advice& advice) {
  Json out{{"schema", "rcache.stampede-advice/1"}};
  add_advice(out, advice);
  if (advice.recorded) out["trace"] = recorded_json(*advice.recorded);
  return render::dump(out, render::JsonLayout::indented);
}

std::string json(const KeyspaceAdvice& advice, const KeyspaceLook& look) {
  auto recommendations = Json::array();
  auto patterns = Json::array();
  for (const auto& each : advice.patterns) {
    if (each.advice.feasible()) {
      Json first{{"pattern", render::key_json(each.ttls.pattern)}};
      first.update(proof_json(each.advice.recommendations.front(), each.advice));
      recommendations.push_back(std::move(first));
    }
    auto pattern = pattern_json(advice, each.ttls);
    auto own = Json::object();
    add_advice(own, each.advice);
    pattern["advice"] = std::move(own);
    patterns.push_back(std::move(pattern));
  }
  auto others = Json::array();
  for (const auto& each : advice.others) others.push_back(pattern_json(advice, each));
  auto reasons = Json::array();
  for (const auto& each : look.reasons) reasons.push_back(each);
  auto shared = Json::array();
  for (const auto& each : advice.shared_cliffs) {
    auto names = Json::array();
    for (const auto& name : each.patterns) names.push_back(render::key_json(name));
    shared.push_back({{"at", format_utc(each.at_unix_ms)},
                      {"keys", each.keys},
                      {"patterns", std::move(names)},
                      {"jitter_seconds", span_json(each.jitter)}});
  }
  const Json out{{"schema", "rcache.stampede-advice/1"},
                 {"db_slots", advice.db_slots},
                 {"feasible", advice.feasible()},
                 {"floor_loads", number_json(advice.floor_loads)},
                 {"recommendations", std::move(recommendations)},
                 {"match", render::key_json(look.match)},
                 {"complete", look.reasons.empty()},
                 {"reasons", std::move(reasons)},
                 {"keys", advice.keys},
                 {"without_ttl", advice.without_ttl},
                 {"own_lookups", look.lookups},
                 {"rate_per_second", number_json(advice.rate)},
                 {"rate_assumed", look.rate_assumed},
                 {"load_mean_seconds", number_json(advice.load_seconds)},
                 {"traffic", traffic_json(look)},
                 {"shared_cliffs", std::move(shared)},
                 {"patterns", std::move(patterns)},
                 {"other_patterns", std::move(others)}};
  return render::dump(out, render::JsonLayout::indented);
}

}  // namespace rcache::stampede
