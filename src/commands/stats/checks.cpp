#include "commands/stats/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/key.h"
#include "core/units.h"

namespace rcache::stats {
namespace {

// From here on, keys that volatile-* can never evict decide how soon the cache is full.
constexpr double k_many_without_ttl = 0.1;

std::string limit_text(double ratio) {
  return fmt::format("{:g}%", ratio * 100);
}

/// A ratio with as many decimals as it takes to see on which side of the limit it is.
std::string ratio_beside(double ratio, double limit) {
  std::string out = format_ratio(ratio);
  for (int decimals = 1; decimals <= 6 && ratio != limit; ++decimals) {
    out = fmt::format("{:.{}f}%", ratio * 100, decimals);
    if (out != fmt::format("{:.{}f}%", limit * 100, decimals)) break;
  }
  return out;
}

std::string last(const Window& window) {
  return "in the last " + format_seconds(window.seconds);
}

Check judge_hit_ratio(const Facts& facts, const std::optional<Window>& window, double limit) {
  Check check{"hit-ratio", Status::unknown, facts.hit_ratio, limit, {}};
  std::string when = "since start";
  if (window && window->hit_ratio) {
    check.value = window->hit_ratio;
    when = last(*window);
  }
  if (!check.value) {
    check.message = facts.hits && facts.misses ? "no reads yet: nothing to judge"
                                               : "the server does not count hits and misses";
    return check;
  }
  check.status = *check.value < limit ? Status::fail : Status::ok;
  check.message = fmt::format("{} of reads hit {} (at least {} wanted)",
                              ratio_beside(*check.value, limit), when, limit_text(limit));
  if (check.status == Status::fail) {
    check.message += ": keys expire or are evicted too soon, or are never written";
  }
  return check;
}

Check judge_evictions(const Facts& facts, const std::optional<Window>& window, double limit) {
  Check check{"evictions", Status::unknown, {}, limit, {}};
  std::optional<std::int64_t> evicted = facts.evicted_keys;
  std::string when = "since start";
  if (window && window->evicted_keys) {
    evicted = window->evicted_keys;
    check.value = window->evicted_per_second;
    when = last(*window);
  } else if (evicted && facts.server.uptime_seconds) {
    const auto uptime = std::max<std::int64_t>(*facts.server.uptime_seconds, 1);
    check.value = static_cast<double>(*evicted) / static_cast<double>(uptime);
  }
  if (!check.value) {
    check.message = "the server does not count evicted keys";
    return check;
  }
  check.status = *check.value > limit ? Status::fail : Status::ok;
  if (*evicted == 0) {
    check.message = fmt::format("no key was evicted {}", when);
    return check;
  }
  check.message = fmt::format("{} {} evicted {}, {} (at most {} wanted)", format_count(*evicted),
                              *evicted == 1 ? "key" : "keys", when, format_rate(*check.value),
                              format_rate(limit));
  if (check.status == Status::fail) {
    check.message += ": the cache is too small for its keys; raise maxmemory or shorten TTLs";
  }
  return check;
}

Check judge_memory(const Facts& facts, double limit) {
  const auto& memory = facts.memory;
  Check check{"memory", Status::unknown, memory.used_ratio, limit, {}};
  if (memory.max_is_known && !memory.max_bytes) {
    check.status = Status::warn;
    check.message = "no maxmemory is set: the cache can grow until the host runs out of memory";
    return check;
  }
  if (!check.value) {
    check.message = "the server does not tell its memory and maxmemory";
    return check;
  }
  check.status = *check.value > limit ? Status::fail : Status::ok;
  check.message = fmt::format("{} of maxmemory is in use (at most {} wanted)",
                              ratio_beside(*check.value, limit), limit_text(limit));
  if (check.status == Status::fail) check.message += ": raise maxmemory or shorten TTLs";
  return check;
}

Check judge_policy(const Facts& facts) {
  const auto policy = printable(facts.memory.policy, 64);
  Check check{"policy", Status::unknown, {}, {}, {}};
  if (policy.empty()) {
    check.message = "the server does not tell its maxmemory-policy";
    return check;
  }
  check.status = Status::ok;
  if (!facts.memory.max_bytes) {
    check.message = fmt::format("{}, which has no effect without maxmemory", policy);
    return check;
  }
  if (policy == "noeviction") {
    check.status = Status::warn;
    check.message =
        "noeviction: every write fails once memory is full; a cache wants allkeys-lru or "
        "allkeys-lfu";
    return check;
  }
  check.message = fmt::format("{}: keys are evicted when memory is full", policy);
  const auto& keys = facts.keys;
  if (!policy.starts_with("volatile-") || keys.total.value_or(0) == 0) return check;
  check.value = static_cast<double>(*keys.without_ttl) / static_cast<double>(*keys.total);
  check.limit = k_many_without_ttl;
  if (*check.value > k_many_without_ttl) {
    check.status = Status::warn;
    check.message = fmt::format(
        "{} never evicts the {} keys without TTL ({} of all): give them one, or use allkeys-*",
        policy, format_count(*keys.without_ttl), format_ratio(*check.value));
  }
  return check;
}

Check judge_connections(const Facts& facts) {
  Check check{"connections", Status::unknown, {}, 0, {}};
  const auto& rejected = facts.rejected_connections;
  if (!rejected) {
    check.message = "the server does not count rejected connections";
    return check;
  }
  check.value = static_cast<double>(*rejected);
  if (*rejected == 0) {
    check.status = Status::ok;
    check.message = "no connection was rejected since start";
    return check;
  }
  check.status = Status::warn;
  const auto max = facts.clients.max ? fmt::format(" ({})", format_count(*facts.clients.max)) : "";
  check.message = fmt::format(
      "{} {} rejected since start: maxclients{} was reached; look for clients that do not close",
      format_count(*rejected), *rejected == 1 ? "connection was" : "connections were", max);
  return check;
}

/// Whose verdict it is, when there are several nodes and they are not all alike.
std::string speaker(const Check& check, const std::string& address, std::size_t alike,
                    std::size_t all) {
  if (all == 1) return "";
  if (!check.value && alike == all) return check.status == Status::ok ? "" : "all nodes: ";
  const auto name = printable(address);
  if (check.status == Status::ok) return fmt::format("highest at {}: ", name);
  if (alike == 1) return name + ": ";
  return fmt::format("{} and {} more: ", name, alike - 1);
}

/// The worst verdict of all nodes; of equals the one with the largest value, then the first.
template <typename JudgeNode>
Check worst(const std::vector<NodeStats>& nodes, const JudgeNode& judge_node) {
  if (nodes.empty()) return judge_node(Facts{});
  std::vector<Check> checks;
  for (const auto& node : nodes) checks.push_back(judge_node(node.facts));
  const auto found =
      std::max_element(checks.begin(), checks.end(), [](const Check& a, const Check& b) {
        return std::tie(a.status, a.value) < std::tie(b.status, b.value);
      });
  const auto alike =
      static_cast<std::size_t>(std::count_if(checks.begin(), checks.end(), [&](const Check& check) {
        return check.status == found->status;
      }));
  const auto& address = nodes[static_cast<std::size_t>(found - checks.begin())].address;
  auto out = *found;
  out.message = speaker(out, address, alike, nodes.size()) + out.message;
  return out;
}

}  // namespace

std::string_view to_string(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::unknown:
      return "unknown";
    case Status::warn:
      return "warn";
    case Status::fail:
      return "fail";
  }
  return "unknown";
}

std::vector<Check> judge(const Facts& whole, const std::vector<NodeStats>& nodes,
                         const std::optional<Window>& window, const Limits& limits) {
  return {judge_hit_ratio(whole, window, limits.min_hit_ratio),
          judge_evictions(whole, window, limits.max_evictions_per_second),
          worst(nodes,
                [&](const Facts& facts) { return judge_memory(facts, limits.max_memory_ratio); }),
          worst(nodes, judge_policy), judge_connections(whole)};
}

}  // namespace rcache::stats
