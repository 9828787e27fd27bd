#include "render/prometheus.h"

#include "commands/audit_ttl/render.h"

namespace rcache::audit_ttl {
namespace {

using render::MetricFamily;
using render::MetricType;

// Names never change once released.
constexpr MetricFamily k_families[] = {
    {"rcache_audit_ttl_complete", MetricType::gauge, "1 if everything was looked at."},
    {"rcache_audit_ttl_result", MetricType::gauge,
     "1 for how the audit ended: ok, findings or incomplete."},
    {"rcache_audit_ttl_scanned_keys", MetricType::gauge, "Keys that were looked at."},
    {"rcache_audit_ttl_keys_with_ttl", MetricType::gauge, "Keys that expire."},
    {"rcache_audit_ttl_keys_without_ttl", MetricType::gauge, "Keys that never expire."},
    {"rcache_audit_ttl_gone_keys", MetricType::gauge, "Keys that went while they were looked at."},
    {"rcache_audit_ttl_violations", MetricType::gauge, "Keys that break a rule, by kind."},
    {"rcache_audit_ttl_new_violations", MetricType::gauge,
     "Keys that break a rule and that neither the baseline knows nor a repair has mended."},
    {"rcache_audit_ttl_baseline_paid_keys", MetricType::gauge,
     "Keys that the baseline still allows and that break no rule any more."},
    {"rcache_audit_ttl_cliffs", MetricType::gauge,
     "Seconds in which an outsized number of keys of one pattern expire."},
    {"rcache_audit_ttl_largest_cliff_keys", MetricType::gauge, "Keys of the largest of them."},
    {"rcache_audit_ttl_ttl_seconds", MetricType::gauge,
     "Time left of keys that expire, by quantile."},
    {"rcache_audit_ttl_own_lookups", MetricType::gauge,
     "Keyspace lookups that the audit itself caused."},
    {"rcache_audit_ttl_elapsed_seconds", MetricType::gauge, "Time that the audit took."},
    {"rcache_audit_ttl_timestamp_seconds", MetricType::gauge, "When the audit began."},
};

double seconds(std::int64_t ms) {
  return static_cast<double>(ms) / 1000;
}

std::optional<std::int64_t> number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

}  // namespace

std::string prometheus(const AuditReport& report) {
  render::PrometheusPage page(k_families);
  page.add("rcache_audit_ttl_complete", number(report.complete ? 1 : 0));
  for (const auto ending : {Ending::healthy, Ending::findings, Ending::incomplete}) {
    page.add("rcache_audit_ttl_result", number(report.verdict.ending == ending ? 1 : 0),
             {{"result", std::string(to_string(ending))}});
  }
  page.add("rcache_audit_ttl_scanned_keys", number(report.scanned));
  page.add("rcache_audit_ttl_keys_with_ttl", number(report.with_ttl));
  page.add("rcache_audit_ttl_keys_without_ttl", number(report.without_ttl));
  page.add("rcache_audit_ttl_gone_keys", number(report.gone));
  const auto offences = offences_of(report);
  for (const auto kind : k_offences) {
    page.add("rcache_audit_ttl_violations", number(offences[kind]),
             {{"kind", std::string(to_string(kind))}});
  }
  page.add("rcache_audit_ttl_new_violations", number(report.verdict.new_violations));
  if (report.baseline)
    page.add("rcache_audit_ttl_baseline_paid_keys", number(report.baseline->paid));
  page.add("rcache_audit_ttl_cliffs", number(report.cliffs.size()));
  std::uint64_t largest = 0;
  for (const auto& cliff : report.cliffs) largest = std::max(largest, cliff.keys);
  page.add("rcache_audit_ttl_largest_cliff_keys", number(largest));
  for (const auto& [name, ratio] : {std::pair{"0", 0.0}, {"0.5", 0.5}, {"0.9", 0.9}, {"1", 1.0}}) {
    if (const auto ttl = report.ttl.quantile_ms(ratio))
      page.add("rcache_audit_ttl_ttl_seconds", std::optional(seconds(*ttl)), {{"quantile", name}});
  }
  page.add("rcache_audit_ttl_own_lookups", number(report.own_lookups));
  page.add("rcache_audit_ttl_elapsed_seconds", std::optional(report.elapsed_seconds));
  page.add("rcache_audit_ttl_timestamp_seconds", std::optional(seconds(report.at_unix_ms)));
  return page.str();
}

}  // namespace rcache::audit_ttl
