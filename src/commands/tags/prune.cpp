#include "commands/tags/prune.h"
#include "commands/tags/render.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/confirmation.h"
#include "commands/tags/removal.h"
#include "commands/text_look.h"
#include "core/glob.h"
#include "core/key.h"
#include "core/units.h"
#include "redis/asio.h"
#include "redis/member_walk.h"

namespace rcache::tags {
namespace {

enum class Mode { look_only, remove };

/// A pruning on its way.
struct Prune {
  std::shared_ptr<Survey> survey;
  Mode mode = Mode::look_only;
  std::shared_ptr<redis::TransactionPool> transactions;
  std::vector<Glob> protect;
  PruneReport report;
};

/// One tag of it.
struct TagPrune {
  std::shared_ptr<Prune> prune;
  Container container;
  bool some = false;
};

asio::awaitable<bool> prune_page(std::shared_ptr<TagPrune> tag, redis::KeyLife life,
                                 std::vector<redis::Member> members) {
  const auto prune = tag->prune;
  const auto survey = prune->survey;
  auto& report = prune->report;
  auto looked = co_await look_at_members(survey, tag->container, life, std::move(members));
  if (!looked) {
    survey->fail_with(looked.error());
    co_return false;
  }
  report.members += looked->size();
  std::erase_if(*looked, [](const LookedMember& one) { return !one.dead; });
  report.dead_members += looked->size();
  if (!looked->empty() && !std::exchange(tag->some, true)) ++report.tags_with_dead;
  if (prune->mode == Mode::remove && !looked->empty() && !survey->over()) {
    const auto removed =
        co_await remove_dead(survey, prune->transactions, tag->container, life, std::move(*looked));
    report.removed_members += removed.removed;
    report.kept += removed.kept;
    report.already += removed.already;
    report.failed += removed.failed;
    report.between_slots = report.between_slots || removed.between_slots;
  }
  survey->context.output.progress(fmt::format("looked at {} members, removed {}",
                                              format_count(report.members),
                                              format_count(report.removed_members)));
  co_return !survey->over();
}

asio::awaitable<void> prune_tag(std::shared_ptr<Prune> prune, Container container) {
  const auto survey = prune->survey;
  const bool kept = std::any_of(prune->protect.begin(), prune->protect.end(),
                                [&](const Glob& glob) { return glob.matches(container.key); });
  if (kept) {
    ++prune->report.protected_tags;
    co_return;
  }
  const auto tag = std::make_shared<TagPrune>();
  tag->prune = prune;
  tag->container = std::move(container);
  redis::MemberVisitor visit = [tag](redis::KeyLife life, std::vector<redis::Member> page) {
    return prune_page(tag, life, std::move(page));
  };
  const auto walked = co_await redis::walk_members(survey->servers, tag->container.key,
                                                   survey->walk_options(), std::move(visit));
  survey->lookups += walked.lookups;
  if (walked.end == redis::MemberWalk::End::failed) survey->fail_with(*walked.error);
  // A key of another type holds no dead members: that it is there is `tags check`'s to say.
  if (walked.end == redis::MemberWalk::End::gone ||
      walked.end == redis::MemberWalk::End::wrong_type)
    co_return;
  ++prune->report.tags;
}

Result<std::vector<Glob>> protected_globs(const Context& context) {
  std::vector<Glob> globs;
  for (const auto& text : context.safety.protect) {
    auto glob = Glob::parse(context.key_prefix.on_pattern(text));
    if (!glob)
      return fail(ErrorKind::usage, "protect in the profile: " + glob.error().message,
                  glob.error().hint);
    globs.push_back(std::move(*glob));
  }
  return globs;
}

Result<void> check_target(const redis::Deployment& servers) {
  for (const auto& node : servers.nodes()) {
    if (node.identity.role != "slave") continue;
    return fail(ErrorKind::refused,
                fmt::format("{} is a replica: members are removed on its primary",
                            redis::to_string(node.address)),
                "leave --replica out, or name the primary");
  }
  return {};
}

asio::awaitable<Result<PruneReport>> run(std::shared_ptr<Survey> survey, Mode mode,
                                         std::vector<Glob> protect) {
  const auto prune = std::make_shared<Prune>();
  prune->survey = survey;
  prune->mode = mode;
  prune->protect = std::move(protect);
  prune->transactions =
      std::make_shared<redis::TransactionPool>(co_await asio::this_coro::executor);
  ContainerVisitor visit = [prune](Container one) { return prune_tag(prune, std::move(one)); };
  auto looked = co_await for_each_container(survey, std::move(visit));
  if (!looked) co_return fail(std::move(looked).error());
  prune->report.dry_run = mode == Mode::look_only;
  prune->report.reasons = survey->reasons;
  co_return std::move(prune->report);
}

Result<Outcome> write(Context& context, Format format, const PruneReport& report) {
  const auto text = format == Format::json     ? prune_json(report, render::JsonLayout::indented)
                    : format == Format::ndjson ? prune_json(report, render::JsonLayout::one_line)
                    : format == Format::csv    ? prune_csv(report)
                                            : prune_text(report, text_look(context.output.look()));
  auto written = context.output.write(text);
  if (!written && !context.output.pipe_closed()) return fail(std::move(written).error());
  return report.complete() && report.failed == 0 ? Outcome::done : Outcome::incomplete;
}

}  // namespace

asio::awaitable<Result<Outcome>> prune_tags(Context& context, Options options) {
  const auto format = options.format;
  const bool dry_run = options.dry_run;
  const auto allowed =
      dry_run ? Result<Permission>(Permission::given)
              : permission(context, options.yes.value(), "dead members would be removed from tags");
  if (!allowed) co_return fail(allowed.error());
  auto protect = protected_globs(context);
  if (!protect) co_return fail(std::move(protect).error());
  const Interrupt::Grace grace(context.interrupt);
  auto opened = co_await open_survey(context, std::move(options));
  if (!opened) co_return fail(std::move(opened).error());
  const auto survey = *opened;
  if (auto fit = check_target(*survey->servers); !fit && !dry_run)
    co_return fail(std::move(fit).error());

  if (dry_run || *allowed == Permission::to_be_asked) {
    auto plan = co_await run(survey, Mode::look_only, *protect);
    if (!plan) co_return fail(std::move(plan).error());
    if (dry_run || !plan->complete() || plan->dead_members == 0) {
      plan->dry_run = dry_run;
      co_return write(context, format, *plan);
    }
    auto text = prune_text(*plan, text_look(context.output.look()));
    auto deed = fmt::format("Remove {}", counted(plan->dead_members, "dead member"));
    auto agreed = co_await ask(context, std::move(text), std::move(deed));
    if (!agreed) co_return fail(std::move(agreed).error());
    if (!*agreed) {
      context.output.note("rcache: nothing was removed");
      co_return Outcome::refused;
    }
    // A long question may have cost the connections.
    if (auto refreshed = co_await survey->servers->refresh(); !refreshed)
      co_return fail(std::move(refreshed).error());
  }
  auto report = co_await run(survey, Mode::remove, std::move(*protect));
  if (!report) co_return fail(std::move(report).error());
  co_return write(context, format, *report);
}

}  // namespace rcache::tags
