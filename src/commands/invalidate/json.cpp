#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands/invalidate/render.h"
#include "render/json.h"

namespace rcache::invalidate {
namespace {

using render::Json;
using render::key_json;
using render::number_json;
using render::text_json;

constexpr std::size_t k_json_groups = 100;

std::string_view word_of(How how) {
  switch (how) {
    case How::del:
      return "del";
    case How::expire:
      return "expire";
    case How::unlink:
      break;
  }
  return "unlink";
}

/// null for unknown.
Json count_json(std::optional<std::uint64_t> count) {
  return count ? Json(*count) : Json(nullptr);
}

Json keys_json(const std::vector<std::string>& names) {
  auto out = Json::array();
  for (const auto& name : names) out.push_back(key_json(name));
  return out;
}

Json words_json(const std::vector<std::string>& lines) {
  auto out = Json::array();
  for (const auto& line : lines) out.push_back(text_json(line));
  return out;
}

/// The biggest hundred only: their keys may add up to less than all that were removed.
Json groups_json(const std::vector<KeyGroup>& groups) {
  auto out = Json::array();
  for (std::size_t at = 0; at < std::min(groups.size(), k_json_groups); ++at) {
    out.push_back({{"pattern", key_json(groups[at].pattern)}, {"keys", groups[at].keys}});
  }
  return out;
}

Json nodes_json(const std::vector<NodeReceipt>& nodes) {
  auto out = Json::array();
  for (const auto& node : nodes) {
    out.push_back({{"address", text_json(node.address)},
                   {"scanned", node.scanned},
                   {"matched", node.matched},
                   {"removed", node.removed},
                   {"error", text_json(node.error)}});
  }
  return out;
}

Json failures_json(const std::vector<Failure>& failures) {
  auto out = Json::array();
  for (const auto& failure : failures) {
    out.push_back({{"key", key_json(failure.key)}, {"why", text_json(failure.why)}});
  }
  return out;
}

}  // namespace

// Whoever adds a field: except in a dry run, removed + expiring + gone + failed + protected is
// matched. `tags_removed` stands outside (sets of tags are not cache keys), so do `orphans`, and
// `uncertain` is a part of `gone`.
std::string receipt_json(const Receipt& receipt) {
  Json out;
  out["schema"] = "rcache.invalidate/1";
  out["patterns"] = keys_json(receipt.patterns);
  out["tags"] = keys_json(receipt.tags);
  out["dry_run"] = receipt.dry_run;
  out["complete"] = receipt.complete;
  out["scanned"] = receipt.scanned;
  out["matched"] = receipt.matched;
  out["removed"] = receipt.removed;
  out["gone"] = receipt.gone;
  out["failed"] = receipt.failed;
  out["protected"] = receipt.protected_keys;
  out["tags_removed"] = receipt.tags_removed;
  out["spread_seconds"] = number_json(receipt.spread_seconds);
  out["backup"] = receipt.backup ? key_json(*receipt.backup) : Json(nullptr);
  out["reason"] = to_string(receipt.reason);
  out["elapsed_seconds"] = std::chrono::duration<double>(receipt.elapsed).count();
  out["groups"] = groups_json(receipt.groups);
  out["nodes"] = nodes_json(receipt.nodes);
  out["expiring"] = receipt.expiring;
  out["orphans"] = receipt.orphans;
  out["uncertain"] = receipt.uncertain;
  out["how"] = word_of(receipt.how);
  out["backup_records"] = receipt.backup ? Json(receipt.backup_records) : Json(nullptr);
  out["backup_bytes"] = receipt.backup ? Json(receipt.backup_bytes) : Json(nullptr);
  out["verified_left"] = count_json(receipt.verified_left);
  out["replicas_acknowledged"] = count_json(receipt.replicas);
  out["passes"] = receipt.passes;
  out["reasons"] = words_json(receipt.reasons);
  out["failures"] = failures_json(receipt.failures);
  out["published"] = keys_json(receipt.published);
  out["throttled_by"] = receipt.throttled_by.empty() ? Json(nullptr) : Json(receipt.throttled_by);
  return render::dump(out, render::JsonLayout::indented);
}

}  // namespace rcache::invalidate
