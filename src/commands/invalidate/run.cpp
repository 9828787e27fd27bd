#include "commands/invalidate/run.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <random>

#include "commands/confirmation.h"
#include "commands/invalidate/aftermath.h"
#include "commands/invalidate/key_list.h"
#include "commands/invalidate/page.h"
#include "commands/invalidate/planning.h"
#include "commands/invalidate/removal.h"
#include "commands/invalidate/render.h"
#include "commands/invalidate/saver.h"
#include "commands/invalidate/sweep.h"
#include "commands/invalidate/tag_sets.h"
#include "commands/prefix_hint.h"
#include "commands/tag_naming.h"
#include "commands/text_look.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::invalidate {
namespace {

constexpr int k_verify_rounds = 3;

std::string rendered(const Context& context, const Options& options, const Receipt& receipt) {
  return options.format == Format::json ? receipt_json(receipt)
                                        : receipt_text(receipt, text_look(context.output.look()));
}

Outcome outcome_of(const Receipt& receipt) {
  if (receipt.complete) return Outcome::done;
  const bool refused = receipt.reason == Reason::declined || receipt.reason == Reason::max_keys;
  return refused ? Outcome::refused : Outcome::incomplete;
}

Result<void> check_target(const redis::Deployment& servers) {
  for (const auto& node : servers.nodes()) {
    if (node.identity.role == "slave") {
      return fail(ErrorKind::refused,
                  fmt::format("{} is a replica: keys are removed on its primary",
                              redis::to_string(node.address)),
                  "leave --replica out, or name the primary");
    }
  }
  return {};
}

Result<void> check_backup_path(const Options& options) {
  struct stat about {};
  if (options.backup.empty() || options.dry_run || ::lstat(options.backup.c_str(), &about) != 0)
    return {};
  return fail(ErrorKind::usage,
              fmt::format("--backup: '{}' exists already", printable(options.backup)),
              "a backup is never overwritten: name a new file");
}

asio::awaitable<Result<void>> open_backup(std::shared_ptr<Job> job) {
  if (job->options.backup.empty()) co_return Result<void>();
  const auto& nodes = job->servers->nodes();
  backup::Header header;
  header.created_unix_ms = job->context.clock.unix_milliseconds();
  header.tool = "rcache";
  for (const auto& node : nodes)
    header.target += (header.target.empty() ? "" : " ") + redis::to_string(node.address);
  header.server = printable(
      fmt::format("{} {}", nodes.front().identity.flavor, nodes.front().identity.version));
  header.database = job->context.safety.database;
  header.patterns = job->options.patterns;
  header.tags = job->options.tags;
  header.key_prefix = job->context.key_prefix.text();
  auto writer = backup::Writer::create(job->options.backup, header);
  if (!writer) co_return fail(std::move(writer).error());
  job->ledger.receipt().backup = job->options.backup;
  job->saver = std::make_shared<Saver>(std::move(*writer), co_await asio::this_coro::executor);
  co_return Result<void>();
}

/// The one pass, and what it left for later.
/// Out:     true when all slots were covered.
asio::awaitable<Result<bool>> sweep_patterns(std::shared_ptr<Job> job) {
  if (!job->selection.has_patterns()) co_return true;
  auto swept = co_await sweep(job);
  if (!job->later.empty()) co_await settle_later(job);
  if (!swept) {
    job->say(swept.error().message);
    if (!job->refused) job->refused = swept.error();
    co_return fail(std::move(swept).error());
  }
  auto& receipt = job->ledger.receipt();
  receipt.passes = swept->coverage.passes;
  receipt.orphans = swept->orphans;
  if (!job->stopped)
    for (const auto& reason : swept->coverage.reasons) job->say(reason);
  co_return swept->coverage.complete;
}

/// Looks again, and removes what came back or was written meanwhile, until a look finds nothing.
/// Out:     false when a look could not see everything.
asio::awaitable<bool> verify(std::shared_ptr<Job> job) {
  const Ledger::SecondLook second_look(job->ledger);
  for (int round = 0; round < k_verify_rounds && !job->stopped; ++round) {
    const auto before = job->ledger.receipt().matched;
    const auto covered = co_await sweep_patterns(job);
    if (!covered || !*covered) co_return false;
    auto& receipt = job->ledger.receipt();
    receipt.verified_left = receipt.matched - before;
    if (*receipt.verified_left == 0) co_return true;
  }
  co_return !job->stopped;
}

/// All that removes something.
/// Out:     true when all that was meant was covered.
asio::awaitable<bool> apply(std::shared_ptr<Job> job) {
  auto patterns = co_await sweep_patterns(job);
  bool covered = patterns && *patterns;
  if (!job->options.tags.empty() && !job->stopped && patterns) {
    const bool tags = co_await sweep_tags(job);
    covered = covered && tags;
  }
  if (job->options.verify && covered && !job->stopped && job->selection.has_patterns())
    covered = co_await verify(job);
  co_return covered;
}

Reason reason_of(const Job& job, bool covered) {
  const auto& receipt = job.ledger.receipt();
  if (job.stopped) return *job.stopped;
  if (job.refused) return Reason::server;
  if (!covered) return Reason::incomplete;
  if (receipt.failed > 0) return Reason::failed_keys;
  if (receipt.verified_left && *receipt.verified_left > 0) return Reason::not_verified;
  if (receipt.replicas && *receipt.replicas < static_cast<std::uint64_t>(*job.options.wait))
    return Reason::replicas;
  return Reason::done;
}

asio::awaitable<void> wait_and_publish(std::shared_ptr<Job> job, bool covered) {
  auto& receipt = job->ledger.receipt();
  if (job->options.wait && !job->stopped) {
    auto replicas = co_await wait_for_replicas(job, static_cast<std::uint64_t>(*job->options.wait));
    receipt.replicas = replicas ? *replicas : 0;
    if (!replicas) job->say(replicas.error().message);
  }
  if (!job->options.publish.empty()) {
    receipt.publish_channel = job->options.publish;
    if (reason_of(*job, covered) == Reason::done) {
      auto sent = co_await publish(job);
      receipt.published = std::move(sent);
      if (receipt.published.size() < job->options.patterns.size() + job->options.tags.size())
        job->stop(Reason::publish);
    }
  }
}

/// Closes the file. What it could not take any more was not removed.
void finish_backup(Job& job, Reason reason) {
  if (!job.saver) return;
  auto& writer = job.saver->writer();
  if (auto finished = writer.finish(to_string(reason)); !finished)
    job.stop(Reason::backup, finished.error().message);
  job.ledger.receipt().backup_records = writer.values();
  job.ledger.receipt().backup_bytes = writer.bytes();
}

asio::awaitable<Receipt> remove_all(std::shared_ptr<Job> job) {
  const auto begin = job->context.clock.now();
  if (job->options.max_time) job->deadline = begin + *job->options.max_time;
  for (const auto& node : job->servers->nodes()) job->ledger.node_scanned(node.address, 0);
  const bool covered = co_await apply(job);
  co_await wait_and_publish(job, covered);
  finish_backup(*job, reason_of(*job, covered));
  const auto reason = reason_of(*job, covered);
  auto receipt = job->ledger.finished();
  receipt.reason = reason;
  receipt.complete = reason == Reason::done;
  receipt.covered = covered;
  receipt.throttled_by = job->pace->held_most();
  receipt.elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(job->context.clock.now() - begin);
  co_return receipt;
}

/// Nothing matched: a prefix may be missing.
asio::awaitable<void> suggest_prefix(std::shared_ptr<Job> job) {
  redis::ScanOptions pace;
  pace.pace = job->pace;
  auto patterns = job->options.patterns;
  co_await hint_at_prefix(job->context, job->servers, std::move(patterns), std::move(pace));
}

asio::awaitable<Result<Outcome>> look_only(std::shared_ptr<Job> job, KeyList& list) {
  const auto begin = job->context.clock.now();
  auto plan = co_await make_plan(job);
  if (!plan) co_return fail(std::move(plan).error());
  auto receipt = receipt_of(*plan, *job);
  receipt.elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(job->context.clock.now() - begin);
  auto text = rendered(job->context, job->options, receipt);
  if (job->options.format == Format::text)
    text = plan_text(*plan, text_look(job->context.output.look())) + "\n" + text;
  if (auto written = list.finish(text); !written) co_return fail(std::move(written).error());
  if (plan->matched == 0 && plan->complete) co_await suggest_prefix(job);
  co_return plan->complete ? Outcome::done : Outcome::incomplete;
}

/// Nothing (more) is done.
Result<Outcome> end_before_begin(Job& job, KeyList& list, Reason reason, std::uint64_t matched) {
  auto receipt = job.ledger.finished();
  receipt.reason = reason;
  receipt.matched = matched;
  if (auto written = list.finish(rendered(job.context, job.options, receipt)); !written)
    return fail(std::move(written).error());
  return outcome_of(receipt);
}

/// What would happen, as the question has it: "Remove 12 keys without a backup".
std::string deed_of(const Options& options, std::uint64_t keys) {
  const auto number = counted(keys, "key");
  if (options.expires()) return fmt::format("Let {} expire", number);
  return fmt::format("Remove {}{}", number, options.backup.empty() ? " without a backup" : "");
}

/// A look that was ended before its time is no ground to go on.
asio::awaitable<Result<std::optional<Outcome>>> end_if_stopped(std::shared_ptr<Job> job,
                                                               KeyList& list,
                                                               std::uint64_t matched) {
  if (!job->stopped) co_return std::optional<Outcome>();
  if (*job->stopped == Reason::interrupted) co_return fail(ErrorKind::interrupted, "interrupted");
  auto ended = end_before_begin(*job, list, *job->stopped, matched);
  if (!ended) co_return fail(std::move(ended).error());
  co_return std::optional<Outcome>(*ended);
}

/// Shows the plan and asks. Out: empty for yes.
asio::awaitable<Result<std::optional<Outcome>>> ask_with_plan(std::shared_ptr<Job> job,
                                                              KeyList& list) {
  const auto& options = job->options;
  auto plan = co_await make_plan(job);
  if (!plan) co_return fail(std::move(plan).error());
  const auto matched = plan->matched - plan->protected_keys;
  if (job->stopped) co_return co_await end_if_stopped(job, list, matched);
  if (matched == 0 || !plan->complete) {
    // Nothing to ask about, or something that nobody has seen: what comes later was never agreed
    // to.
    auto receipt = receipt_of(*plan, *job);
    receipt.dry_run = false;
    if (plan->complete) receipt.reason = Reason::done;
    auto written = list.finish(rendered(job->context, options, receipt));
    if (!written) co_return fail(std::move(written).error());
    if (plan->complete && plan->matched == 0) co_await suggest_prefix(job);
    co_return std::optional<Outcome>(plan->complete ? Outcome::done : Outcome::incomplete);
  }
  if (options.max_keys && matched > static_cast<std::uint64_t>(*options.max_keys)) {
    job->stop(Reason::max_keys);
    co_return co_await end_if_stopped(job, list, matched);
  }
  auto text = plan_text(*plan, text_look(job->context.output.look()));
  auto agreed = co_await ask(job->context, std::move(text), deed_of(options, matched));
  if (!agreed) co_return fail(std::move(agreed).error());
  if (!*agreed) job->stop(Reason::declined);
  co_return co_await end_if_stopped(job, list, matched);
}

/// The plan, the question, the cap: whatever comes before the first key goes.
/// Out:     empty when the run may go on.
asio::awaitable<Result<std::optional<Outcome>>> ask_first(std::shared_ptr<Job> job,
                                                          Permission permission, KeyList& list) {
  check_stop(*job);
  if (job->stopped) co_return co_await end_if_stopped(job, list, 0);
  if (permission == Permission::to_be_asked) {
    auto ended = co_await ask_with_plan(job, list);
    if (!ended || *ended) co_return ended;
  } else if (job->options.max_keys) {
    auto counted = co_await count_up_to(job, static_cast<std::uint64_t>(*job->options.max_keys));
    if (!counted) co_return fail(std::move(counted).error());
    if (job->stopped) co_return co_await end_if_stopped(job, list, *counted);
  }
  // The look is over; the run begins with clean books, and with connections that a long question
  // may have cost.
  job->ledger = job->ledger.fresh();
  if (permission == Permission::to_be_asked) {
    if (auto refreshed = co_await job->servers->refresh(); !refreshed)
      co_return fail(std::move(refreshed).error());
  }
  co_return std::optional<Outcome>();
}

asio::awaitable<Result<Outcome>> remove_and_report(std::shared_ptr<Job> job, KeyList& list) {
  if (auto opened = co_await open_backup(job); !opened) co_return fail(std::move(opened).error());
  auto receipt = co_await remove_all(job);
  job->pace->stop();
  const bool did_something = receipt.removed + receipt.expiring + receipt.gone > 0;
  if (job->refused && !did_something) co_return fail(*job->refused);
  if (auto written = list.finish(rendered(job->context, job->options, receipt)); !written)
    co_return fail(std::move(written).error());
  if (receipt.matched == 0 && receipt.complete) co_await suggest_prefix(job);
  co_return outcome_of(receipt);
}

}  // namespace

asio::awaitable<Result<Outcome>> run_invalidate(Context& context, Options options) {
  const auto allowed = options.dry_run
                           ? Result<Permission>(Permission::given)
                           : permission(context, options.yes.value(), "keys would be removed");
  auto selection = Selection::make(options, context.safety.protect, context.key_prefix);
  if (!selection) co_return fail(std::move(selection).error());
  auto naming = naming_of(context, options.naming);
  if (!naming) co_return fail(std::move(naming).error());
  if (!allowed) co_return fail(allowed.error());
  if (auto free = check_backup_path(options); !free) co_return fail(std::move(free).error());
  for (const auto& doubt : selection->doubts()) context.output.note("rcache: " + doubt);

  auto servers = co_await context.connect();
  if (!servers) co_return fail(std::move(servers).error());
  if (auto fit = check_target(**servers); !fit && !options.dry_run)
    co_return fail(std::move(fit).error());

  KeyList list(context, options);
  const auto job = std::make_shared<Job>(context, std::move(options), std::move(*selection),
                                         std::move(*naming), std::move(*servers));
  // Not the job itself: it holds the pace.
  const std::weak_ptr<Job> watched = job;
  job->pace = std::make_shared<RunPace>(
      context, job->servers, limits_of(job->options), [watched, &context] {
        const auto alive = watched.lock();
        return !alive || alive->stopped.has_value() || context.interrupt.requested();
      });
  job->seed = std::random_device{}();
  const Interrupt::Grace grace(context.interrupt);
  if (auto started = co_await job->pace->start(); !started)
    co_return fail(std::move(started).error());
  if (job->options.dry_run) {
    job->ledger.on_settled = [&list](const std::vector<std::string>& keys) { list.add(keys); };
    co_return co_await look_only(job, list);
  }
  auto ended = co_await ask_first(job, *allowed, list);
  if (!ended) co_return fail(std::move(ended).error());
  if (*ended) co_return **ended;
  job->ledger.on_settled = [&list](const std::vector<std::string>& keys) { list.add(keys); };
  co_return co_await remove_and_report(job, list);
}

}  // namespace rcache::invalidate
