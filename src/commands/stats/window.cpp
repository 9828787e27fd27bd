#include "commands/stats/window.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/stats/sum.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::stats {
namespace {

const NodeCounters* find_address(const Snapshot& snapshot, const std::string& address) {
  for (const auto& node : snapshot.nodes) {
    if (node.address == address) return &node;
  }
  return nullptr;
}

const NodeCounters* find_same(const Snapshot& snapshot, const NodeCounters& wanted) {
  if (wanted.run_id.empty()) return find_address(snapshot, wanted.address);
  for (const auto& node : snapshot.nodes) {
    if (node.run_id == wanted.run_id) return &node;
  }
  return nullptr;
}

std::int64_t latest(const Snapshot& snapshot) {
  std::int64_t out = 0;
  for (const auto& node : snapshot.nodes) out = std::max(out, node.at_unix_ms);
  return out;
}

bool went_backwards(std::optional<std::int64_t> before, std::optional<std::int64_t> now) {
  return before && now && *now < *before;
}

bool was_reset(const NodeCounters& before, const NodeCounters& now) {
  return went_backwards(before.hits, now.hits) || went_backwards(before.misses, now.misses) ||
         went_backwards(before.evicted_keys, now.evicted_keys) ||
         went_backwards(before.expired_keys, now.expired_keys) ||
         went_backwards(before.commands_processed, now.commands_processed);
}

std::optional<std::int64_t> subtract(std::optional<std::int64_t> now,
                                     std::optional<std::int64_t> before) {
  if (!now || !before) return std::nullopt;
  return *now - *before;
}

NodeCounters subtract(const NodeCounters& now, const NodeCounters& before) {
  NodeCounters out;
  out.hits = subtract(now.hits, before.hits);
  out.misses = subtract(now.misses, before.misses);
  out.evicted_keys = subtract(now.evicted_keys, before.evicted_keys);
  out.expired_keys = subtract(now.expired_keys, before.expired_keys);
  out.commands_processed = subtract(now.commands_processed, before.commands_processed);
  return out;
}

std::optional<double> per_second(std::optional<std::int64_t> count, double seconds) {
  if (!count) return std::nullopt;
  return static_cast<double>(*count) / seconds;
}

Window window_of(const NodeCounters& grown, double seconds) {
  Window out;
  out.seconds = seconds;
  out.hits = grown.hits;
  out.misses = grown.misses;
  out.hit_ratio = hit_ratio_of(grown.hits, grown.misses);
  out.evicted_keys = grown.evicted_keys;
  out.expired_keys = grown.expired_keys;
  out.ops_per_second = per_second(grown.commands_processed, seconds);
  out.evicted_per_second = per_second(grown.evicted_keys, seconds);
  out.expired_per_second = per_second(grown.expired_keys, seconds);
  return out;
}

/// How long ago `before` was for the same process; its uptime tells when its clock was set back.
std::optional<double> seconds_between(const NodeCounters& before, const NodeCounters& now) {
  if (now.at_unix_ms > before.at_unix_ms) {
    return static_cast<double>(now.at_unix_ms - before.at_unix_ms) / 1000;
  }
  const auto grown = subtract(now.uptime_seconds, before.uptime_seconds);
  if (grown && *grown > 0) return static_cast<double>(*grown);
  return std::nullopt;
}

struct NodeWindow {
  std::optional<Window> window;
  std::string note;  // empty when there is nothing to say
};

NodeWindow same_process(const NodeCounters& before, const NodeCounters& now) {
  const auto name = printable(now.address);
  const auto seconds = seconds_between(before, now);
  if (!seconds) return {{}, fmt::format("{} is not in the window: its clock stood still", name)};
  if (was_reset(before, now)) {
    return {window_of(now, *seconds),
            fmt::format("{} is counted from a reset inside the window (CONFIG RESETSTAT)", name)};
  }
  return {window_of(subtract(now, before), *seconds), {}};
}

NodeWindow other_process(const Snapshot& before, const NodeCounters& now) {
  const auto name = printable(now.address);
  const auto* there_before = find_address(before, now.address);
  const auto began = there_before ? there_before->at_unix_ms : latest(before);
  const double seconds =
      static_cast<double>(std::max<std::int64_t>(now.at_unix_ms - began, 0)) / 1000;
  if (!now.uptime_seconds) {
    return {{}, fmt::format("{} is not in the window: it does not tell its uptime", name)};
  }
  const auto uptime = static_cast<double>(*now.uptime_seconds);
  const auto age = format_seconds(uptime);
  // INFO tells whole seconds.
  if (seconds > 0 && uptime <= seconds + 1) {
    return {window_of(now, seconds),
            fmt::format("{} {} {} ago and is counted from then", name,
                        there_before ? "was restarted" : "joined: it was started", age)};
  }
  return {{},
          fmt::format("{} is not in the window: {}, and it has been up for {}", name,
                      there_before ? "another server answers there" : "it is new here", age)};
}

/// The same process of `before` may answer at another address now: only a process can be gone.
bool is_gone(const NodeCounters& node, const Snapshot& now) {
  return find_same(now, node) == nullptr && find_address(now, node.address) == nullptr;
}

void add_window(std::optional<Window>& sum, const Window& node) {
  if (!sum) {
    sum = node;
    return;
  }
  sum->seconds = std::max(sum->seconds, node.seconds);
  sum->hits = add(sum->hits, node.hits);
  sum->misses = add(sum->misses, node.misses);
  sum->hit_ratio = hit_ratio_of(sum->hits, sum->misses);
  sum->evicted_keys = add(sum->evicted_keys, node.evicted_keys);
  sum->expired_keys = add(sum->expired_keys, node.expired_keys);
  sum->ops_per_second = add(sum->ops_per_second, node.ops_per_second);
  sum->evicted_per_second = add(sum->evicted_per_second, node.evicted_per_second);
  sum->expired_per_second = add(sum->expired_per_second, node.expired_per_second);
}

}  // namespace

Snapshot snapshot_of(const std::vector<NodeStats>& nodes) {
  Snapshot out;
  for (const auto& node : nodes) {
    const auto& facts = node.facts;
    out.nodes.push_back({node.address, node.run_id, node.at_unix_ms, facts.server.uptime_seconds,
                         facts.hits, facts.misses, facts.evicted_keys, facts.expired_keys,
                         facts.commands_processed});
  }
  return out;
}

WindowResult difference(const Snapshot& before, const Snapshot& now) {
  WindowResult out;
  for (const auto& node : now.nodes) {
    const auto* same = find_same(before, node);
    const auto [window, note] = same ? same_process(*same, node) : other_process(before, node);
    if (window) add_window(out.window, *window);
    if (!note.empty()) out.notes.push_back(note);
  }
  for (const auto& node : before.nodes) {
    if (!is_gone(node, now)) continue;
    out.notes.push_back(
        fmt::format("{} is gone: what it did since is not counted", printable(node.address)));
  }
  return out;
}

}  // namespace rcache::stats
