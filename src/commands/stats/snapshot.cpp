#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands/stats/render.h"
#include "core/key.h"
#include "render/json.h"

namespace rcache::stats {
namespace {

using render::Json;
using render::number_json;
using render::text_json;

constexpr std::string_view k_schema = "rcache.stats-snapshot/1";
constexpr auto k_no_snapshot = "is not a snapshot of rcache stats: {}";

tl::unexpected<Error> damaged(std::string_view why) {
  return fail(ErrorKind::usage, fmt::format(fmt::runtime(k_no_snapshot), why));
}

/// "line 2, column 5" of the byte at `position`, counted from 1 as the library does.
std::string place_of(std::string_view text, std::size_t position) {
  const auto before = text.substr(0, position == 0 ? 0 : position - 1);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto start = before.rfind('\n');
  const auto column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return fmt::format("line {}, column {}", line, column);
}

Result<Json> parse(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& problem) {
    return fail(ErrorKind::usage, fmt::format("is not JSON ({})", place_of(text, problem.byte)));
  }
}

/// Reads the fields of one node, and remembers the first that is wrong.
class NodeReader {
 public:
  explicit NodeReader(const Json& node) : node_(node) {}

  std::string words(const char* field) {
    const auto found = node_.find(field);
    if (found != node_.end() && found->is_string()) return found->get<std::string>();
    complain(field, "is not a string");
    return {};
  }

  std::optional<std::int64_t> count(const char* field) {
    const auto found = node_.find(field);
    if (found == node_.end() || found->is_null()) return std::nullopt;
    // The library keeps what has no sign as unsigned: anything else is negative or no whole number.
    if (found->is_number_unsigned() && found->get<std::uint64_t>() <= INT64_MAX) {
      return found->get<std::int64_t>();
    }
    complain(field, "is not a count");
    return std::nullopt;
  }

  const std::string& problem() const { return problem_; }

 private:
  void complain(const char* field, std::string_view what) {
    if (problem_.empty()) problem_ = fmt::format("'{}' {}", field, what);
  }

  const Json& node_;
  std::string problem_;
};

Result<NodeCounters> parse_node(const Json& node, std::size_t number) {
  if (!node.is_object()) return damaged(fmt::format("node {} is not an object", number));
  NodeReader reader(node);
  NodeCounters out;
  out.address = reader.words("address");
  out.run_id = reader.words("run_id");
  const auto at = reader.count("at_unix_ms");
  out.at_unix_ms = at.value_or(0);
  out.uptime_seconds = reader.count("uptime_seconds");
  out.hits = reader.count("hits");
  out.misses = reader.count("misses");
  out.evicted_keys = reader.count("evicted_keys");
  out.expired_keys = reader.count("expired_keys");
  out.commands_processed = reader.count("commands_processed");
  if (!reader.problem().empty()) {
    return damaged(fmt::format("node {}: {}", number, reader.problem()));
  }
  if (!at) return damaged(fmt::format("node {}: 'at_unix_ms' is missing", number));
  return out;
}

}  // namespace

std::string snapshot_json(const Snapshot& snapshot) {
  auto out = Json::object();
  out["schema"] = std::string(k_schema);
  out["nodes"] = Json::array();
  for (const auto& node : snapshot.nodes) {
    out["nodes"].push_back({{"address", text_json(node.address)},
                            {"run_id", text_json(node.run_id)},
                            {"at_unix_ms", node.at_unix_ms},
                            {"uptime_seconds", number_json(node.uptime_seconds)},
                            {"hits", number_json(node.hits)},
                            {"misses", number_json(node.misses)},
                            {"evicted_keys", number_json(node.evicted_keys)},
                            {"expired_keys", number_json(node.expired_keys)},
                            {"commands_processed", number_json(node.commands_processed)}});
  }
  return render::dump(out, render::JsonLayout::indented);
}

Result<Snapshot> parse_snapshot(std::string_view text) {
  const auto document = parse(text);
  if (!document) return fail(document.error());
  if (!document->is_object()) return damaged("it is not an object");
  const auto schema = document->find("schema");
  if (schema == document->end() || !schema->is_string()) return damaged("it names no schema");
  if (const auto name = schema->get<std::string>(); name != k_schema) {
    return damaged(fmt::format("its schema is '{}', not '{}'", printable(name, 60), k_schema));
  }
  const auto nodes = document->find("nodes");
  if (nodes == document->end() || !nodes->is_array() || nodes->empty()) {
    return damaged("it holds no nodes");
  }
  Snapshot out;
  for (const auto& node : *nodes) {
    auto counters = parse_node(node, out.nodes.size() + 1);
    if (!counters) return fail(counters.error());
    out.nodes.push_back(std::move(*counters));
  }
  return out;
}

}  // namespace rcache::stats
