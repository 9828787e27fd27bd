#include <nlohmann/json.hpp>

#include "commands/stats/render.h"
#include "core/units.h"
#include "render/json.h"

namespace rcache::stats {
namespace {

using render::Json;
using render::number_json;
using render::text_json;

std::optional<std::string> word_or_null(const std::string& word) {
  return word.empty() ? std::nullopt : std::optional(word);
}

Json words_json(const std::vector<std::string>& lines) {
  auto out = Json::array();
  for (const auto& line : lines) out.push_back(text_json(line));
  return out;
}

Json server_json(const Server& server) {
  return {{"flavor", text_json(word_or_null(server.flavor))},
          {"version", text_json(word_or_null(server.version))},
          {"mode", text_json(word_or_null(server.mode))},
          {"role", text_json(word_or_null(server.role))},
          {"nodes", server.nodes},
          {"uptime_seconds", number_json(server.uptime_seconds)}};
}

Json window_json(const std::optional<Window>& window) {
  if (!window) return nullptr;
  return {{"seconds", number_json(window->seconds)},
          {"hits", number_json(window->hits)},
          {"misses", number_json(window->misses)},
          {"hit_ratio", number_json(window->hit_ratio)},
          {"evicted_keys", number_json(window->evicted_keys)},
          {"expired_keys", number_json(window->expired_keys)},
          {"ops_per_second", number_json(window->ops_per_second)},
          {"evicted_keys_per_second", number_json(window->evicted_per_second)},
          {"expired_keys_per_second", number_json(window->expired_per_second)}};
}

Json memory_json(const Memory& memory) {
  return {{"used_bytes", number_json(memory.used_bytes)},
          {"peak_bytes", number_json(memory.peak_bytes)},
          {"rss_bytes", number_json(memory.rss_bytes)},
          {"max_bytes", number_json(memory.max_bytes)},
          {"used_ratio", number_json(memory.used_ratio)},
          {"fragmentation_ratio", number_json(memory.fragmentation_ratio)},
          {"policy", text_json(word_or_null(memory.policy))}};
}

Json databases_json(const std::vector<Database>& databases) {
  auto out = Json::array();
  for (const auto& database : databases) {
    out.push_back({{"db", database.db},
                   {"keys", database.keys},
                   {"with_ttl", database.with_ttl},
                   {"without_ttl", database.without_ttl},
                   {"avg_ttl_seconds", number_json(database.avg_ttl_seconds)}});
  }
  return out;
}

Json commands_json(const std::vector<CommandTime>& commands) {
  auto out = Json::array();
  for (const auto& command : commands) {
    out.push_back({{"name", text_json(command.name)},
                   {"calls", command.calls},
                   {"usec", command.usec},
                   {"time_ratio", number_json(command.time_ratio)},
                   {"usec_per_call", number_json(command.usec_per_call)},
                   {"p50_usec", number_json(command.p50_usec)},
                   {"p99_usec", number_json(command.p99_usec)},
                   {"p999_usec", number_json(command.p999_usec)}});
  }
  return out;
}

Json checks_json(const std::vector<Check>& checks) {
  auto out = Json::array();
  for (const auto& check : checks) {
    out.push_back({{"id", check.id},
                   {"status", std::string(to_string(check.status))},
                   {"value", number_json(check.value)},
                   {"limit", number_json(check.limit)},
                   {"message", text_json(check.message)}});
  }
  return out;
}

/// The fields that the whole and each node have in common.
void add_report(Json& out, const StatsReport& report) {
  const auto& facts = report.facts;
  out["at"] = format_utc(report.at_unix_ms);
  out["server"] = server_json(facts.server);
  out["complete"] = report.complete;
  out["gaps"] = words_json(report.gaps);
  out["notes"] = words_json(report.notes);
  out["hits"] = number_json(facts.hits);
  out["misses"] = number_json(facts.misses);
  out["hit_ratio"] = number_json(facts.hit_ratio);
  out["window"] = window_json(report.window);
  out["evicted_keys"] = number_json(facts.evicted_keys);
  out["expired_keys"] = number_json(facts.expired_keys);
  out["rejected_connections"] = number_json(facts.rejected_connections);
  out["ops_per_second"] = number_json(facts.ops_per_second);
  out["memory"] = memory_json(facts.memory);
  out["clients"] = {{"connected", number_json(facts.clients.connected)},
                    {"blocked", number_json(facts.clients.blocked)},
                    {"max", number_json(facts.clients.max)}};
  out["keys"] = {{"total", number_json(facts.keys.total)},
                 {"with_ttl", number_json(facts.keys.with_ttl)},
                 {"without_ttl", number_json(facts.keys.without_ttl)}};
  out["databases"] = databases_json(facts.databases);
  out["commands"] = commands_json(facts.commands);
  out["checks"] = checks_json(report.checks);
}

Json document_of(const StatsReport& report) {
  auto out = Json::object();
  out["schema"] = "rcache.stats/1";
  add_report(out, report);
  out["per_node"] = Json::array();
  for (const auto& node : report.per_node) {
    auto own = Json::object();
    own["address"] = text_json(node.address);
    add_report(own, node);
    out["per_node"].push_back(std::move(own));
  }
  return out;
}

}  // namespace

std::string json(const StatsReport& report) {
  return render::dump(document_of(report), render::JsonLayout::indented);
}

std::string ndjson(const StatsReport& report) {
  return render::dump(document_of(report), render::JsonLayout::one_line);
}

}  // namespace rcache::stats
