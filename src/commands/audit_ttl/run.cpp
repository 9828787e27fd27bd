#include "commands/audit_ttl/run.h"

#include <fmt/format.h>

#include <random>

#include "commands/audit_ttl/audit.h"
#include "commands/audit_ttl/baseline_file.h"
#include "commands/audit_ttl/keyspace_info.h"
#include "commands/audit_ttl/look.h"
#include "commands/audit_ttl/policy_file.h"
#include "commands/audit_ttl/render.h"
#include "commands/audit_ttl/repair.h"
#include "commands/audit_ttl/report_parts.h"
#include "commands/confirmation.h"
#include "commands/prefix_hint.h"
#include "commands/text_file.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::audit_ttl {
namespace {

using Known = std::optional<Baseline>;

Result<Policy> policy_of(const Options& options) {
  auto policy =
      options.policy.empty() ? Result<Policy>(plain_policy()) : load_policy(options.policy);
  if (policy && options.max_ttl) policy->cap(options.max_ttl->count());
  return policy;
}

Result<Known> known_of(const Options& options) {
  if (options.baseline.empty()) return Known();
  auto loaded = load_baseline(options.baseline);
  if (!loaded) return fail(std::move(loaded).error());
  return Known(std::move(*loaded));
}

Result<void> check_target(const Options& options, const redis::Deployment& servers) {
  if (!options.set_ttl || options.dry_run) return {};
  for (const auto& node : servers.nodes()) {
    if (node.identity.role != "slave") continue;
    return fail(
        ErrorKind::refused,
        fmt::format("{} is a replica: a TTL is set on its primary", redis::to_string(node.address)),
        "leave --replica out, or name the primary");
  }
  return {};
}

/// Whether the number of keys without TTL is all that the report is about.
bool only_counts(const Audit& audit) {
  const auto& options = audit.options;
  const bool wants_groups = options.top || !options.html.empty() || options.format == Format::csv;
  return audit.choice.is_everything() && options.policy.empty() && !options.max_ttl &&
         !options.sample && !wants_groups;
}

/// Whether the report names offenders only, so that the look may end when all have been found.
bool names_offenders_only(const Audit& audit) {
  const auto& options = audit.options;
  const bool findings_only = options.format == Format::junit || options.format == Format::github;
  return only_counts(audit) && findings_only && !options.set_ttl && options.write_baseline.empty();
}

/// The debt of a run that saw everything; a file that allows more than what it replaces is not
/// written by the way.
Result<void> update_baseline(const Options& options, const Known& known, AuditReport& report) {
  if (known) {
    report.baseline = compare(*known, report.groups);
    report.baseline->file = options.baseline;
  }
  if (options.write_baseline.empty()) return {};
  if (!report.complete) {
    report.notes.emplace_back("the baseline was not written: not everything was seen");
    return {};
  }
  if (report.baseline && report.baseline->added.total() > 0) {
    report.notes.emplace_back("the baseline was not written: there is new debt");
    return {};
  }
  const auto found = baseline_of(report.groups, report.at_unix_ms);
  if (auto written = write_baseline(options.write_baseline, found); !written) return written;
  if (!report.baseline) {
    report.baseline = compare(found, report.groups);
    report.baseline->file = options.write_baseline;
  }
  return {};
}

Outcome outcome_of(const AuditReport& report) {
  switch (report.verdict.ending) {
    case Ending::healthy:
      return Outcome::done;
    case Ending::findings:
      return Outcome::findings;
    case Ending::incomplete:
      break;
  }
  return Outcome::incomplete;
}

/// One run: what it began with, and its way to an end.
struct Run {
  std::shared_ptr<Audit> audit;
  Known known;
  Clock::Instant begin;

  void finish_counts(AuditReport& report) const {
    report.own_lookups = audit->own_lookups;
    report.notes.insert(report.notes.end(), audit->notes.begin(), audit->notes.end());
    report.elapsed_seconds =
        std::chrono::duration<double>(audit->context.clock.now() - begin).count();
  }

  Result<Outcome> end(AuditReport report) const {
    const auto& options = audit->options;
    finish_counts(report);
    if (auto updated = update_baseline(options, known, report); !updated)
      return fail(std::move(updated).error());
    report.verdict = judge(report);
    // The page after the result: a file that cannot be written must not cost the verdict.
    if (auto written = audit->context.output.write(rendered(*audit, report)); !written)
      return fail(std::move(written).error());
    if (!options.html.empty()) {
      const auto page = html(report, top_of(options));
      if (auto written = write_text_file("--html", options.html, page); !written)
        return fail(std::move(written).error());
    }
    return outcome_of(report);
  }
};

/// What --set-ttl would do, and the question.
/// Out:     true for yes.
asio::awaitable<Result<bool>> agreed(const Run& run, AuditReport plan) {
  auto& audit = *run.audit;
  plan.repair->dry_run = true;
  run.finish_counts(plan);
  plan.verdict = judge(plan);
  const auto missing = offences_of(plan)[Offence::missing];
  auto deed =
      fmt::format("Give {} key{} a TTL of {}", format_count(missing), missing == 1 ? "" : "s",
                  format_duration(std::chrono::milliseconds(plan.repair->ttl_ms)));
  if (plan.repair->jitter_ms > 0)
    deed += fmt::format(
        " to {}",
        format_duration(std::chrono::milliseconds(plan.repair->ttl_ms + plan.repair->jitter_ms)));
  auto text = rendered(audit, plan);
  co_return co_await ask(audit.context, std::move(text), std::move(deed));
}

/// Nothing matched: a prefix may be missing.
asio::awaitable<void> suggest_prefix(std::shared_ptr<Audit> audit) {
  redis::ScanOptions pace;
  pace.count = static_cast<std::uint32_t>(audit->options.count);
  auto patterns = audit->options.patterns;
  co_await hint_at_prefix(audit->context, audit->servers, std::move(patterns), std::move(pace));
}

asio::awaitable<Result<Outcome>> look_and_end(Run run, AuditReport report, LookOptions options) {
  auto look = co_await look_at_keys(run.audit, options);
  if (!look) co_return fail(std::move(look).error());
  fill_from_look(report, **look);
  const bool nothing = (*look)->complete() && (*look)->tally.scanned() == 0;
  auto ended = run.end(std::move(report));
  if (ended && nothing) co_await suggest_prefix(run.audit);
  co_return ended;
}

/// Looks, asks, and repairs in a second look.
asio::awaitable<Result<Outcome>> ask_and_repair(Run run, AuditReport report,
                                                std::shared_ptr<Repairer> repairer) {
  const auto empty = report;
  auto look = co_await look_at_keys(run.audit, LookOptions());
  if (!look) co_return fail(std::move(look).error());
  fill_from_look(report, **look);
  if (!report.complete || offences_of(report)[Offence::missing] == 0)
    co_return run.end(std::move(report));
  auto yes = co_await agreed(run, report);
  if (!yes) co_return fail(std::move(yes).error());
  if (!*yes) {
    report.repair->dry_run = true;
    auto ended = run.end(std::move(report));
    if (!ended) co_return ended;
    co_return Outcome::refused;
  }
  // A long question may have cost the connections.
  if (auto refreshed = co_await run.audit->servers->refresh(); !refreshed)
    co_return fail(std::move(refreshed).error());
  LookOptions repairing;
  repairing.repairer = repairer.get();
  co_return co_await look_and_end(run, empty, repairing);
}

/// The budget that a repair is held to; its measuring ends with this object.
class PacedRepair {
 public:
  explicit PacedRepair(std::shared_ptr<Audit> audit) : audit_(std::move(audit)) {}
  PacedRepair(const PacedRepair&) = delete;
  PacedRepair& operator=(const PacedRepair&) = delete;
  ~PacedRepair() {
    if (audit_->pace) audit_->pace->stop();
  }

  asio::awaitable<Result<void>> start() {
    const auto& options = audit_->options;
    if (!options.is_paced()) co_return Result<void>();
    audit_->pace = std::make_shared<RunPace>(
        audit_->context, audit_->servers, limits_of(options),
        [&context = audit_->context] { return context.interrupt.requested(); });
    co_return co_await audit_->pace->start();
  }

 private:
  std::shared_ptr<Audit> audit_;
};

asio::awaitable<Result<Outcome>> run_at_server(Run run, Permission permission) {
  const auto audit = run.audit;
  auto report = begun(*audit);
  LookOptions options;
  if (only_counts(*audit)) {
    const auto count = co_await count_by_info(audit);
    if (count) report.info_without_ttl = static_cast<std::int64_t>(count->without_ttl());
    if (count && count->without_ttl() == 0) {
      fill_from_info(report, audit->policy, *count);
      co_return run.end(std::move(report));
    }
    if (count && names_offenders_only(*audit)) options.enough = count->without_ttl();
  }
  if (!audit->options.set_ttl || audit->options.dry_run)
    co_return co_await look_and_end(run, std::move(report), options);
  PacedRepair paced(audit);
  if (auto started = co_await paced.start(); !started) co_return fail(std::move(started).error());
  const auto repairer =
      std::make_shared<Repairer>(audit, planned_repair(audit->options), std::random_device{}());
  if (permission == Permission::to_be_asked)
    co_return co_await ask_and_repair(run, std::move(report), repairer);
  options.repairer = repairer.get();
  co_return co_await look_and_end(run, std::move(report), options);
}

}  // namespace

asio::awaitable<Result<Outcome>> run_audit(Context& context, Options options) {
  auto allowed = Result<Permission>(Permission::given);
  if (options.set_ttl && !options.dry_run)
    allowed = permission(context, options.yes.value(), "keys would be given a TTL");
  auto choice = Choice::make(options, context.safety.protect, context.key_prefix);
  if (!choice) co_return fail(std::move(choice).error());
  auto policy = policy_of(options);
  if (!policy) co_return fail(std::move(policy).error());
  auto known = known_of(options);
  if (!known) co_return fail(std::move(known).error());
  if (!allowed) co_return fail(allowed.error());
  for (const auto& doubt : choice->doubts()) context.output.note("rcache: " + doubt);

  auto servers = co_await context.connect();
  if (!servers) co_return fail(std::move(servers).error());
  if (auto fit = check_target(options, **servers); !fit) co_return fail(std::move(fit).error());
  const auto audit = std::make_shared<Audit>(Audit{context, std::move(options), std::move(*choice),
                                                   std::move(*policy), std::move(*servers)});
  const Interrupt::Grace grace(context.interrupt);
  Run run{audit, std::move(*known), context.clock.now()};
  co_return co_await run_at_server(std::move(run), *allowed);
}

}  // namespace rcache::audit_ttl
