#include "render/prometheus.h"

#include <cmath>

#include "commands/stats/render.h"

namespace rcache::stats {
namespace {

using render::MetricFamily;
using render::MetricLabels;
using render::MetricType;
using render::PrometheusPage;

// Names never change once released.
constexpr MetricFamily k_families[] = {
    {"rcache_server_info", MetricType::gauge, "What the server is; always 1."},
    {"rcache_nodes", MetricType::gauge, "Nodes that answered."},
    {"rcache_complete", MetricType::gauge, "1 if every part of the cache could be asked."},
    {"rcache_uptime_seconds", MetricType::gauge, "Time since the (youngest) server started."},
    {"rcache_keyspace_hits_total", MetricType::counter, "Reads that found their key."},
    {"rcache_keyspace_misses_total", MetricType::counter, "Reads that did not find their key."},
    {"rcache_hit_ratio", MetricType::gauge, "Hits of all reads since start."},
    {"rcache_evicted_keys_total", MetricType::counter, "Keys evicted because memory was full."},
    {"rcache_expired_keys_total", MetricType::counter, "Keys removed because their TTL ran out."},
    {"rcache_rejected_connections_total", MetricType::counter,
     "Connections refused because of maxclients."},
    {"rcache_commands_processed_total", MetricType::counter, "Commands processed."},
    {"rcache_ops_per_second", MetricType::gauge,
     "Commands per second by the server's own sampling."},
    {"rcache_memory_used_bytes", MetricType::gauge, "Memory in use by the server's allocator."},
    {"rcache_memory_peak_bytes", MetricType::gauge, "The most memory ever in use."},
    {"rcache_memory_rss_bytes", MetricType::gauge, "Memory of the process as the system sees it."},
    {"rcache_memory_max_bytes", MetricType::gauge, "maxmemory; absent when none is set."},
    {"rcache_memory_used_ratio", MetricType::gauge, "Memory in use of maxmemory."},
    {"rcache_memory_fragmentation_ratio", MetricType::gauge, "Resident memory of memory in use."},
    {"rcache_connected_clients", MetricType::gauge, "Client connections."},
    {"rcache_blocked_clients", MetricType::gauge, "Clients waiting in a blocking command."},
    {"rcache_max_clients", MetricType::gauge, "maxclients."},
    {"rcache_keys", MetricType::gauge, "Keys by database."},
    {"rcache_keys_with_ttl", MetricType::gauge, "Keys that expire, by database."},
    {"rcache_keys_without_ttl", MetricType::gauge, "Keys that never expire, by database."},
    {"rcache_average_ttl_seconds", MetricType::gauge,
     "Average TTL by database, as the server estimates it."},
    {"rcache_command_calls_total", MetricType::counter,
     "Calls of the ten commands that take most time."},
    {"rcache_command_seconds_total", MetricType::counter,
     "Time spent in the ten commands that take most time."},
    {"rcache_command_latency_seconds", MetricType::gauge,
     "Time of a call by quantile, where the server keeps it."},
    {"rcache_window_seconds", MetricType::gauge, "Length of the window."},
    {"rcache_window_hits", MetricType::gauge, "Reads in the window that found their key."},
    {"rcache_window_misses", MetricType::gauge, "Reads in the window that did not find their key."},
    {"rcache_window_hit_ratio", MetricType::gauge, "Hits of all reads in the window."},
    {"rcache_window_evicted_keys", MetricType::gauge, "Keys evicted in the window."},
    {"rcache_window_expired_keys", MetricType::gauge, "Keys expired in the window."},
    {"rcache_window_ops_per_second", MetricType::gauge, "Commands per second over the window."},
    {"rcache_check_failed", MetricType::gauge, "1 if the check failed; absent when unknown."},
    {"rcache_check_warning", MetricType::gauge, "1 if the check warns; absent when unknown."},
};

/// In whole nanoseconds, which is what the server measures: 2113.535 becomes 0.002113535 and no
/// more digits.
std::optional<double> seconds_of(std::optional<double> usec) {
  return usec ? std::optional(std::round(*usec * 1000) / 1e9) : std::nullopt;
}

/// Adds samples to a page, with the label `node` when there is one.
class Writer {
 public:
  Writer(PrometheusPage& page, MetricLabels labels) : page_(page), labels_(std::move(labels)) {}

  template <typename Number>
  void add(std::string_view name, std::optional<Number> value, const MetricLabels& more = {}) {
    auto labels = labels_;
    labels.insert(labels.end(), more.begin(), more.end());
    page_.add(name, value, labels);
  }
  void add(std::string_view name, std::int64_t value, const MetricLabels& more = {}) {
    add(name, std::optional(value), more);
  }

 private:
  PrometheusPage& page_;
  MetricLabels labels_;
};

void add_memory(Writer& out, const Memory& memory) {
  out.add("rcache_memory_used_bytes", memory.used_bytes);
  out.add("rcache_memory_peak_bytes", memory.peak_bytes);
  out.add("rcache_memory_rss_bytes", memory.rss_bytes);
  out.add("rcache_memory_max_bytes", memory.max_bytes);
  out.add("rcache_memory_used_ratio", memory.used_ratio);
  out.add("rcache_memory_fragmentation_ratio", memory.fragmentation_ratio);
}

void add_databases(Writer& out, const std::vector<Database>& databases) {
  for (const auto& database : databases) {
    const MetricLabels labels{{"db", std::to_string(database.db)}};
    out.add("rcache_keys", database.keys, labels);
    out.add("rcache_keys_with_ttl", database.with_ttl, labels);
    out.add("rcache_keys_without_ttl", database.without_ttl, labels);
    out.add("rcache_average_ttl_seconds", database.avg_ttl_seconds, labels);
  }
}

void add_commands(Writer& out, const std::vector<CommandTime>& commands) {
  for (const auto& command : commands) {
    const MetricLabels labels{{"command", command.name}};
    out.add("rcache_command_calls_total", command.calls, labels);
    out.add("rcache_command_seconds_total", seconds_of(static_cast<double>(command.usec)), labels);
    const auto quantile = [&](const char* part, std::optional<double> usec) {
      out.add("rcache_command_latency_seconds", seconds_of(usec),
              {{"command", command.name}, {"quantile", part}});
    };
    quantile("0.5", command.p50_usec);
    quantile("0.99", command.p99_usec);
    quantile("0.999", command.p999_usec);
  }
}

void add_window(Writer& out, const Window& window) {
  out.add("rcache_window_seconds", std::optional(window.seconds));
  out.add("rcache_window_hits", window.hits);
  out.add("rcache_window_misses", window.misses);
  out.add("rcache_window_hit_ratio", window.hit_ratio);
  out.add("rcache_window_evicted_keys", window.evicted_keys);
  out.add("rcache_window_expired_keys", window.expired_keys);
  out.add("rcache_window_ops_per_second", window.ops_per_second);
}

void add_report(Writer& out, const StatsReport& report) {
  const auto& facts = report.facts;
  out.add("rcache_server_info", std::int64_t{1},
          {{"flavor", facts.server.flavor},
           {"version", facts.server.version},
           {"mode", facts.server.mode},
           {"role", facts.server.role},
           {"policy", facts.memory.policy}});
  out.add("rcache_uptime_seconds", facts.server.uptime_seconds);
  out.add("rcache_keyspace_hits_total", facts.hits);
  out.add("rcache_keyspace_misses_total", facts.misses);
  out.add("rcache_hit_ratio", facts.hit_ratio);
  out.add("rcache_evicted_keys_total", facts.evicted_keys);
  out.add("rcache_expired_keys_total", facts.expired_keys);
  out.add("rcache_rejected_connections_total", facts.rejected_connections);
  out.add("rcache_commands_processed_total", facts.commands_processed);
  out.add("rcache_ops_per_second", facts.ops_per_second);
  add_memory(out, facts.memory);
  out.add("rcache_connected_clients", facts.clients.connected);
  out.add("rcache_blocked_clients", facts.clients.blocked);
  out.add("rcache_max_clients", facts.clients.max);
  add_databases(out, facts.databases);
  add_commands(out, facts.commands);
  if (report.window) add_window(out, *report.window);
}

}  // namespace

std::string prometheus(const StatsReport& report, PerNode per_node) {
  PrometheusPage page(k_families);
  Writer whole(page, {});
  whole.add("rcache_nodes", report.facts.server.nodes);
  whole.add("rcache_complete", std::int64_t{report.complete});
  if (per_node == PerNode::no) {
    add_report(whole, report);
  } else {
    for (const auto& node : report.per_node) {
      Writer own(page, {{"node", node.address}});
      add_report(own, node);
    }
  }
  for (const auto& check : report.checks) {
    if (check.status == Status::unknown) continue;
    whole.add("rcache_check_failed", std::int64_t{check.status == Status::fail},
              {{"check", check.id}});
    whole.add("rcache_check_warning", std::int64_t{check.status == Status::warn},
              {{"check", check.id}});
  }
  return page.str();
}

}  // namespace rcache::stats
