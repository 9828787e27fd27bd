#include "render/csv.h"

#include "commands/stats/render.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::stats {
namespace {

using render::CsvLine;

struct Field {
  std::string_view name;
  void (*write)(CsvLine& line, const StatsReport& report);
};

/// A field of the window; empty without one.
template <auto member>
void write_window(CsvLine& line, const StatsReport& report) {
  using Value = std::optional<typename std::remove_cvref_t<decltype(Window{}.*member)>::value_type>;
  line.number(report.window ? (*report.window).*member : Value{});
}

template <auto member>
void write_fact(CsvLine& line, const StatsReport& report) {
  line.number(report.facts.*member);
}

template <auto member>
void write_memory(CsvLine& line, const StatsReport& report) {
  line.number(report.facts.memory.*member);
}

template <auto member>
void write_word(CsvLine& line, const StatsReport& report) {
  line.text(printable(report.facts.server.*member));
}

template <auto member>
void write_keys(CsvLine& line, const StatsReport& report) {
  line.number(report.facts.keys.*member);
}

template <auto member>
void write_clients(CsvLine& line, const StatsReport& report) {
  line.number(report.facts.clients.*member);
}

template <std::size_t index>
void write_check(CsvLine& line, const StatsReport& report) {
  line.text(index < report.checks.size() ? to_string(report.checks[index].status) : "");
}

// The one place that knows the columns: header and rows cannot differ.
constexpr Field k_fields[] = {
    {"at", [](CsvLine& line, const StatsReport& r) { line.text(format_utc(r.at_unix_ms)); }},
    {"address", [](CsvLine& line, const StatsReport& r) { line.text(printable(r.address)); }},
    {"flavor", write_word<&Server::flavor>},
    {"version", write_word<&Server::version>},
    {"mode", write_word<&Server::mode>},
    {"role", write_word<&Server::role>},
    {"nodes",
     [](CsvLine& line, const StatsReport& r) { line.number(std::optional(r.facts.server.nodes)); }},
    {"uptime_seconds",
     [](CsvLine& line, const StatsReport& r) { line.number(r.facts.server.uptime_seconds); }},
    {"complete",
     [](CsvLine& line, const StatsReport& r) { line.text(r.complete ? "true" : "false"); }},
    {"hits", write_fact<&Facts::hits>},
    {"misses", write_fact<&Facts::misses>},
    {"hit_ratio", write_fact<&Facts::hit_ratio>},
    {"window_seconds",
     [](CsvLine& line, const StatsReport& r) {
       line.number(r.window ? std::optional(r.window->seconds) : std::nullopt);
     }},
    {"window_hits", write_window<&Window::hits>},
    {"window_misses", write_window<&Window::misses>},
    {"window_hit_ratio", write_window<&Window::hit_ratio>},
    {"window_evicted_keys", write_window<&Window::evicted_keys>},
    {"window_expired_keys", write_window<&Window::expired_keys>},
    {"window_ops_per_second", write_window<&Window::ops_per_second>},
    {"evicted_keys", write_fact<&Facts::evicted_keys>},
    {"expired_keys", write_fact<&Facts::expired_keys>},
    {"rejected_connections", write_fact<&Facts::rejected_connections>},
    {"ops_per_second", write_fact<&Facts::ops_per_second>},
    {"memory_used_bytes", write_memory<&Memory::used_bytes>},
    {"memory_peak_bytes", write_memory<&Memory::peak_bytes>},
    {"memory_rss_bytes", write_memory<&Memory::rss_bytes>},
    {"memory_max_bytes", write_memory<&Memory::max_bytes>},
    {"memory_used_ratio", write_memory<&Memory::used_ratio>},
    {"memory_fragmentation_ratio", write_memory<&Memory::fragmentation_ratio>},
    {"memory_policy",
     [](CsvLine& line, const StatsReport& r) { line.text(printable(r.facts.memory.policy)); }},
    {"clients_connected", write_clients<&Clients::connected>},
    {"clients_blocked", write_clients<&Clients::blocked>},
    {"clients_max", write_clients<&Clients::max>},
    {"keys_total", write_keys<&Keys::total>},
    {"keys_with_ttl", write_keys<&Keys::with_ttl>},
    {"keys_without_ttl", write_keys<&Keys::without_ttl>},
    {"check_hit_ratio", write_check<0>},
    {"check_evictions", write_check<1>},
    {"check_memory", write_check<2>},
    {"check_policy", write_check<3>},
    {"check_connections", write_check<4>},
};

}  // namespace

std::string csv_header() {
  CsvLine line;
  for (const auto& field : k_fields) line.text(field.name);
  return line.str();
}

std::string csv_row(const StatsReport& report) {
  CsvLine line;
  for (const auto& field : k_fields) field.write(line, report);
  return line.str();
}

std::string csv(const StatsReport& report, PerNode per_node) {
  std::string out = csv_header();
  if (per_node == PerNode::no) return out + csv_row(report);
  for (const auto& node : report.per_node) out += csv_row(node);
  return out;
}

}  // namespace rcache::stats
