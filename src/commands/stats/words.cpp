#include "commands/stats/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/key.h"
#include "core/units.h"

namespace rcache::stats {
namespace {

constexpr std::size_t k_word_bytes = 64;
constexpr std::size_t k_address_bytes = 128;

/// "master", "3 masters", "3 nodes".
std::string who(const Server& server) {
  std::string role = server.role == "slave"   ? "replica"
                     : server.role == "mixed" ? "node"
                                              : word(server.role);
  if (server.role.empty()) role = server.nodes == 1 ? "" : "node";
  if (server.nodes == 1) return role;
  return fmt::format("{} {}s", server.nodes, role);
}

std::string names_of(const StatsReport& report, Status status) {
  std::vector<std::string_view> names;
  for (const auto& check : report.checks) {
    if (check.status == status) names.push_back(check.id);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string health(const StatsReport& report) {
  const auto failures = names_of(report, Status::fail);
  const auto warnings = names_of(report, Status::warn);
  const auto unknown = names_of(report, Status::unknown);
  if (!failures.empty()) {
    return "not healthy: " + failures + (warnings.empty() ? "" : "; warnings: " + warnings);
  }
  if (!warnings.empty()) return "healthy, with warnings: " + warnings;
  const auto is_unknown = [](const Check& check) { return check.status == Status::unknown; };
  if (std::all_of(report.checks.begin(), report.checks.end(), is_unknown)) {
    return "unknown: there is nothing to judge by";
  }
  if (!unknown.empty()) return "healthy as far as is known; unknown: " + unknown;
  return "healthy";
}

}  // namespace

std::string word(std::string_view text) {
  return text.empty() ? "unknown" : printable(text, k_word_bytes);
}

std::string title(const StatsReport& report) {
  const auto& server = report.facts.server;
  if (server.nodes == 0) return "no server answered";
  std::string out = word(server.flavor);
  if (!server.version.empty()) out.append(" ").append(word(server.version));
  if (!server.mode.empty()) out.append(" ").append(word(server.mode));
  if (const auto nodes = who(server); !nodes.empty())
    out += (server.nodes == 1 ? " " : ", ") + nodes;
  if (!report.address.empty())
    out.append(" at ").append(printable(report.address, k_address_bytes));
  if (server.uptime_seconds) {
    out += ", up " + format_seconds(static_cast<double>(*server.uptime_seconds));
  }
  return out;
}

std::string or_na(std::optional<std::int64_t> count) {
  return count ? format_count(*count) : "n/a";
}

std::string bytes_or_na(std::optional<std::int64_t> bytes) {
  return bytes ? format_bytes(*bytes) : "n/a";
}

std::string ratio_or_na(std::optional<double> ratio) {
  return ratio ? format_ratio(*ratio) : "n/a";
}

std::string rate_or_na(std::optional<double> per_second) {
  return per_second ? format_rate(*per_second) : "n/a";
}

std::vector<std::string> traffic(const StatsReport& report) {
  const auto& facts = report.facts;
  const auto ops = report.window && report.window->ops_per_second ? report.window->ops_per_second
                                                                  : facts.ops_per_second;
  std::vector<std::string> out;
  // "1,234/s" without its end: here the unit has a name.
  out.push_back(ops ? fmt::format("{} ops/s", format_rounded(*ops)) : "ops/s n/a");
  out.push_back(facts.clients.max ? fmt::format("{} of {} clients", or_na(facts.clients.connected),
                                                format_count(*facts.clients.max))
                                  : fmt::format("{} clients", or_na(facts.clients.connected)));
  out.push_back(or_na(facts.clients.blocked) + " blocked");
  out.push_back(or_na(facts.rejected_connections) + " rejected");
  return out;
}

std::vector<std::string> memory_details(const Memory& memory) {
  std::vector<std::string> out;
  out.push_back(fmt::format("peak {}", bytes_or_na(memory.peak_bytes)));
  out.push_back(fmt::format("rss {}", bytes_or_na(memory.rss_bytes)));
  out.push_back(memory.fragmentation_ratio
                    ? fmt::format("fragmentation {:.2f}", *memory.fragmentation_ratio)
                    : "fragmentation n/a");
  out.push_back(fmt::format("policy {}", word(memory.policy)));
  return out;
}

std::vector<std::string> key_counts(const Keys& keys) {
  return {or_na(keys.total) + " in all", or_na(keys.with_ttl) + " with TTL",
          or_na(keys.without_ttl) + " without"};
}

std::string_view status_word(Status status) {
  return status == Status::fail ? "FAIL" : to_string(status);
}

render::Tone tone_of(Status status) {
  switch (status) {
    case Status::ok:
      return render::Tone::ok;
    case Status::warn:
      return render::Tone::warn;
    case Status::fail:
      return render::Tone::fail;
    case Status::unknown:
      break;
  }
  return render::Tone::unknown;
}

Status worst_status(const StatsReport& report) {
  Status out = Status::ok;
  for (const auto& check : report.checks) out = std::max(out, check.status);
  return out;
}

std::string verdict(const StatsReport& report) {
  if (!report.complete)
    return "INCOMPLETE: no verdict on the whole; what answered is " + health(report);
  auto out = health(report);
  out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

render::Tone verdict_tone(const StatsReport& report) {
  return report.complete ? tone_of(worst_status(report)) : render::Tone::fail;
}

}  // namespace rcache::stats
