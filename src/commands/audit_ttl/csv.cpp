#include "render/csv.h"
#include "commands/audit_ttl/render.h"
#include "core/key.h"

namespace rcache::audit_ttl {
namespace {

std::optional<double> seconds(std::optional<std::int64_t> ms) {
  return ms ? std::optional(static_cast<double>(*ms) / 1000) : std::nullopt;
}

std::optional<std::int64_t> number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

}  // namespace

std::string csv(const AuditReport& report) {
  std::string out =
      "pattern,keys,without_ttl,violations,missing,unwanted,too_short,too_long,memory_bytes,"
      "ttl_min_seconds,ttl_p50_seconds,ttl_p90_seconds,ttl_max_seconds,example\n";
  for (const auto& group : report.groups) {
    render::CsvLine line;
    line.text(printable(group.pattern)).number(number(group.keys));
    line.number(number(group.without_ttl)).number(number(group.offences.total()));
    for (const auto kind : k_offences) line.number(number(group.offences[kind]));
    line.number(group.memory_bytes);
    line.number(seconds(group.ttl.min_ms())).number(seconds(group.ttl.quantile_ms(0.5)));
    line.number(seconds(group.ttl.quantile_ms(0.9))).number(seconds(group.ttl.max_ms()));
    line.text(group.examples.empty() ? "" : printable(group.examples.front()));
    out += line.str();
  }
  return out;
}

}  // namespace rcache::audit_ttl
