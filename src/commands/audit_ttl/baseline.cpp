#include "commands/audit_ttl/baseline.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "commands/audit_ttl/report.h"
#include "core/key.h"
#include "core/units.h"
#include "render/json.h"

namespace rcache::audit_ttl {
namespace {

/// Whether `wide` with its stars is also the pattern of what `narrow` stands for.
bool covers(std::string_view wide, std::string_view narrow) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (in < narrow.size()) {
    if (at < wide.size() && wide[at] == '*') {
      star = at++;
      retry = in;
    } else if (at < wide.size() && wide[at] == narrow[in]) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++retry;
    } else {
      return false;
    }
  }
  while (at < wide.size() && wide[at] == '*') ++at;
  return at == wide.size();
}

using Key = std::pair<std::string, Offence>;

struct Known {
  std::uint64_t keys = 0;
  std::uint64_t left = 0;  ///< not yet used by what was found
};

}  // namespace

Baseline baseline_of(const std::vector<Group>& groups, std::int64_t created_unix_ms) {
  Baseline out;
  out.created_unix_ms = created_unix_ms;
  std::map<Key, std::uint64_t> sums;
  for (const auto& group : groups) {
    for (const auto kind : k_offences) {
      if (group.offences[kind] > 0) sums[{printable(group.pattern), kind}] += group.offences[kind];
    }
  }
  for (const auto& [key, keys] : sums) out.known.push_back({key.first, key.second, keys});
  return out;
}

BaselineResult compare(const Baseline& baseline, const std::vector<Group>& groups) {
  std::map<Key, Known> known;
  for (const auto& debt : baseline.known) {
    auto& entry = known[{debt.pattern, debt.kind}];
    entry.keys += debt.keys;
    entry.left += debt.keys;
  }
  std::map<Key, DebtChange> found;
  for (const auto& debt : baseline_of(groups, 0).known) {
    auto& change = found[{debt.pattern, debt.kind}];
    change = {debt.pattern, debt.kind, 0, debt.keys, debt.keys};
    const auto same = known.find({debt.pattern, debt.kind});
    if (same == known.end()) continue;
    change.known = same->second.keys;
    const auto used = std::min(same->second.left, change.added);
    same->second.left -= used;
    change.added -= used;
  }
  for (auto& [key, change] : found) {
    for (auto& [other, entry] : known) {
      if (change.added == 0) break;
      if (entry.left == 0 || other.second != key.second) continue;
      if (!covers(other.first, key.first) && !covers(key.first, other.first)) continue;
      const auto used = std::min(entry.left, change.added);
      entry.left -= used;
      change.added -= used;
      change.known += used;
    }
  }

  BaselineResult out;
  for (const auto& [key, change] : found) {
    out.known += change.present - change.added;
    out.added[key.second] += change.added;
    if (change.added > 0) out.changes.push_back(change);
  }
  std::ranges::sort(out.changes, [](const DebtChange& a, const DebtChange& b) {
    if (a.added != b.added) return a.added > b.added;
    return std::tie(a.pattern, a.kind) < std::tie(b.pattern, b.kind);
  });
  for (const auto& [key, entry] : known) {
    out.paid += entry.left;
    if (entry.left > 0)
      out.changes.push_back({key.first, key.second, entry.keys, entry.keys - entry.left, 0});
  }
  return out;
}

std::string baseline_json(const Baseline& baseline) {
  std::string out = "{\n  \"schema\": \"rcache.audit-ttl-baseline/1\",\n  \"created\": \"" +
                    format_utc(baseline.created_unix_ms) + "\",\n  \"known\": [";
  const char* separator = "\n    ";
  for (const auto& debt : baseline.known) {
    auto line = render::Json::object();
    line["pattern"] = debt.pattern;
    line["kind"] = std::string(to_string(debt.kind));
    line["keys"] = debt.keys;
    auto text = render::dump(line, render::JsonLayout::one_line);
    text.pop_back();
    out += separator + text;
    separator = ",\n    ";
  }
  return out + (baseline.known.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

}  // namespace rcache::audit_ttl
