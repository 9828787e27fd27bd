#include <nlohmann/json.hpp>

#include "commands/audit_ttl/interval.h"
#include "commands/audit_ttl/render.h"
#include "commands/audit_ttl/words.h"
#include "core/units.h"
#include "render/json.h"

namespace rcache::audit_ttl {
namespace {

using render::Json;
using render::key_json;
using render::number_json;
using render::text_json;

constexpr const char* k_schema = "rcache.audit-ttl/1";

Json seconds_json(std::optional<std::int64_t> ms) {
  return ms ? Json(static_cast<double>(*ms) / 1000) : Json(nullptr);
}

Json keys_json(const std::vector<std::string>& keys) {
  auto out = Json::array();
  for (const auto& key : keys) out.push_back(key_json(key));
  return out;
}

Json words_json(const std::vector<std::string>& lines) {
  auto out = Json::array();
  for (const auto& line : lines) out.push_back(text_json(line));
  return out;
}

Json word_or_null(const std::string& word) {
  return word.empty() ? Json(nullptr) : text_json(word);
}

Json offences_json(const Offences& offences) {
  return {{"missing", offences[Offence::missing]},
          {"unwanted", offences[Offence::unwanted]},
          {"too_short", offences[Offence::too_short]},
          {"too_long", offences[Offence::too_long]}};
}

Json ttl_json(const TtlHistogram& ttl) {
  if (ttl.empty()) return nullptr;
  return {{"min", seconds_json(ttl.min_ms())},
          {"p50", seconds_json(ttl.quantile_ms(0.5))},
          {"p90", seconds_json(ttl.quantile_ms(0.9))},
          {"max", seconds_json(ttl.max_ms())}};
}

Json histogram_json(const TtlHistogram& ttl) {
  auto out = Json::array();
  for (const auto& stretch : ttl_classes(ttl)) {
    out.push_back({{"from_seconds", stretch.from_ms / 1000},
                   {"to_seconds", stretch.to_ms ? Json(*stretch.to_ms / 1000) : Json(nullptr)},
                   {"keys", stretch.keys}});
  }
  return out;
}

Json group_json(const Group& group) {
  return {{"pattern", key_json(group.pattern)},
          {"keys", group.keys},
          {"without_ttl", group.without_ttl},
          {"violations", group.offences.total()},
          {"offences", offences_json(group.offences)},
          {"memory_bytes", number_json(group.memory_bytes)},
          {"ttl_seconds", ttl_json(group.ttl)},
          {"ttl_histogram", histogram_json(group.ttl)},
          {"examples", keys_json(group.examples)}};
}

Json rule_json(const RuleResult& result) {
  const auto& rule = result.rule;
  return {{"pattern", key_json(rule.pattern.text())},
          {"ttl", std::string(to_string(rule.ttl))},
          {"min_seconds", seconds_json(rule.min_ms)},
          {"max_seconds", seconds_json(rule.max_ms)},
          {"reason", word_or_null(rule.reason)},
          {"implied", rule.implied},
          {"checked", result.checked},
          {"violations", result.offences.total()},
          {"offences", offences_json(result.offences)},
          {"examples", keys_json(result.examples)}};
}

Json cliff_json(const Cliff& cliff) {
  return {{"at", format_utc(cliff.at_unix_ms)},
          {"keys", cliff.keys},
          {"pattern", key_json(cliff.pattern)},
          {"seconds", cliff.seconds},
          {"at_least", cliff.at_least},
          {"around_per_second", number_json(cliff.around_per_second)}};
}

Json sample_json(const AuditReport& report) {
  if (!report.sample) return nullptr;
  const auto& sample = *report.sample;
  const auto population = sample.population;
  const auto share = [&](std::uint64_t keys) -> Json {
    const auto interval = sample_interval(keys, sample.keys, population);
    return {{"ratio", number_json(interval.ratio)},
            {"low_ratio", number_json(interval.low)},
            {"high_ratio", number_json(interval.high)}};
  };
  return {{"wanted", sample.wanted},
          {"keys", sample.keys},
          {"population", population == 0 ? Json(nullptr) : Json(population)},
          {"confidence_ratio", 0.95},
          {"without_ttl", share(report.without_ttl)},
          {"violations", share(report.verdict.violations)}};
}

Json max_missing_json(const std::optional<MaxMissing>& limit) {
  if (!limit) return nullptr;
  return {
      {"keys", limit->is_ratio ? Json(nullptr) : Json(static_cast<std::uint64_t>(limit->value))},
      {"ratio", limit->is_ratio ? Json(limit->value) : Json(nullptr)}};
}

Json baseline_result_json(const std::optional<BaselineResult>& baseline) {
  if (!baseline) return nullptr;
  auto changes = Json::array();
  for (const auto& change : baseline->changes) {
    changes.push_back({{"pattern", change.pattern},
                       {"kind", std::string(to_string(change.kind))},
                       {"known", change.known},
                       {"present", change.present},
                       {"added", change.added}});
  }
  return {{"file", text_json(baseline->file)},
          {"known", baseline->known},
          {"added", baseline->added.total()},
          {"paid", baseline->paid},
          {"changes", std::move(changes)}};
}

Json repair_json(const std::optional<Repair>& repair) {
  if (!repair) return nullptr;
  return {{"ttl_seconds", seconds_json(repair->ttl_ms)},
          {"jitter_seconds", seconds_json(repair->jitter_ms)},
          {"dry_run", repair->dry_run},
          {"repaired", repair->repaired},
          {"skipped", repair->skipped},
          {"failed", repair->failed},
          {"protected", repair->protected_keys},
          {"error", word_or_null(repair->error)}};
}

/// What stands before the lists, in the order of the contract and then what has grown.
Json head_of(const AuditReport& report) {
  auto out = Json::object();
  out["schema"] = k_schema;
  out["complete"] = report.complete;
  out["scanned"] = report.scanned;
  out["with_ttl"] = report.with_ttl;
  out["without_ttl"] = report.without_ttl;
  out["gone"] = report.gone;
  out["violations"] = report.verdict.violations;
  out["new_violations"] = report.verdict.new_violations;
  out["result"] = std::string(to_string(report.verdict.ending));
  out["reasons"] = words_json(report.verdict.reasons);
  return out;
}

void add_rest(Json& out, const AuditReport& report) {
  out["sample"] = sample_json(report);
  out["own_lookups"] = report.own_lookups;
  out["elapsed_seconds"] = number_json(report.elapsed_seconds);
  out["at"] = format_utc(report.at_unix_ms);
  out["server"] = word_or_null(report.server);
  out["method"] = std::string(to_string(report.method));
  out["patterns"] = keys_json(report.patterns);
  out["excludes"] = keys_json(report.excludes);
  out["policy"] = word_or_null(report.policy);
  out["info_without_ttl"] = number_json(report.info_without_ttl);
  out["offences"] = offences_json(offences_of(report));
  out["ttl_seconds"] = ttl_json(report.ttl);
  out["ttl_histogram"] = histogram_json(report.ttl);
  out["max_missing"] = max_missing_json(report.max_missing);
  out["baseline"] = baseline_result_json(report.baseline);
  out["repair"] = repair_json(report.repair);
  out["notes"] = words_json(report.notes);
}

std::string line(const char* kind, Json fields) {
  auto out = Json::object();
  out["schema"] = k_schema;
  out["kind"] = kind;
  out.update(fields);
  return render::dump(out, render::JsonLayout::one_line);
}

}  // namespace

std::string json(const AuditReport& report) {
  auto out = head_of(report);
  out["groups"] = Json::array();
  for (const auto& group : report.groups) out["groups"].push_back(group_json(group));
  out["rules"] = Json::array();
  for (const auto& rule : report.rules) out["rules"].push_back(rule_json(rule));
  out["cliffs"] = Json::array();
  for (const auto& cliff : report.cliffs) out["cliffs"].push_back(cliff_json(cliff));
  add_rest(out, report);
  return render::dump(out, render::JsonLayout::indented);
}

std::string ndjson(const AuditReport& report) {
  std::string out;
  for (const auto& group : report.groups) out += line("group", group_json(group));
  for (const auto& rule : report.rules) out += line("rule", rule_json(rule));
  for (const auto& cliff : report.cliffs) out += line("cliff", cliff_json(cliff));
  auto summary = head_of(report);
  add_rest(summary, report);
  return out + line("summary", std::move(summary));
}

}  // namespace rcache::audit_ttl
