#include "commands/audit_ttl/report_parts.h"

#include <fmt/format.h>

#include "commands/audit_ttl/render.h"
#include "commands/text_look.h"

namespace rcache::audit_ttl {
namespace {

constexpr std::int64_t k_top = 15;

std::string server_words(const redis::Deployment& servers) {
  const auto& first = servers.nodes().front();
  auto words = fmt::format("{} {} at {}", first.identity.flavor, first.identity.version,
                           redis::to_string(first.address));
  const bool replica = first.identity.role == "slave";
  if (servers.mode() == redis::Mode::cluster) {
    words += fmt::format(" (cluster, {} {}{})", servers.nodes().size(),
                         replica ? "replica" : "node", servers.nodes().size() == 1 ? "" : "s");
  } else if (replica) {
    words += " (replica)";
  }
  return words;
}

}  // namespace

Repair planned_repair(const Options& options) {
  Repair repair;
  repair.ttl_ms = options.set_ttl->count();
  repair.jitter_ms = options.jitter ? options.jitter->count() : 0;
  repair.dry_run = options.dry_run;
  return repair;
}

AuditReport begun(const Audit& audit) {
  AuditReport report;
  report.server = server_words(*audit.servers);
  report.patterns = audit.options.patterns;
  report.excludes = audit.options.exclude;
  report.policy = audit.policy.name;
  report.at_unix_ms = audit.context.clock.unix_milliseconds();
  report.max_missing = audit.options.max_missing;
  if (audit.options.set_ttl) report.repair = planned_repair(audit.options);
  return report;
}

void fill_from_info(AuditReport& report, const Policy& policy, const KeyspaceCount& count) {
  report.method = Method::info;
  report.with_ttl = count.with_ttl;
  for (const auto& rule : policy.rules) {
    RuleResult result;
    result.rule = rule;
    result.checked = count.keys;
    report.rules.push_back(std::move(result));
  }
}

void fill_from_look(AuditReport& report, const Look& look) {
  look.tally.fill(report);
  report.method = look.ended_early ? Method::scan_ended : Method::scan;
  if (look.sample) report.method = Method::sample;
  report.sample = look.sample;
  report.complete = look.complete();
  report.reasons = look.reasons;
  if (look.repair) report.repair = look.repair;
}

std::size_t top_of(const Options& options) {
  return static_cast<std::size_t>(options.top.value_or(k_top));
}

std::string rendered(const Audit& audit, const AuditReport& report) {
  const auto look = audit.context.output.look();
  switch (audit.options.format) {
    case Format::json:
      return json(report);
    case Format::ndjson:
      return ndjson(report);
    case Format::csv:
      return csv(report);
    case Format::junit:
      return junit(report);
    case Format::github:
      return github(report);
    case Format::prometheus:
      return prometheus(report);
    case Format::text:
      break;
  }
  return text(report, {text_look(look), top_of(audit.options)});
}

}  // namespace rcache::audit_ttl
