#include "commands/tags/check.h"
#include "commands/tags/render.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "commands/tags/listing.h"
#include "commands/tags/member_look.h"
#include "commands/tags/seconds_left.h"
#include "commands/tags/untagged.h"
#include "commands/text_look.h"
#include "core/glob.h"
#include "core/key.h"
#include "core/units.h"
#include "redis/member_walk.h"

namespace rcache::tags {
namespace {

using State = redis::KeyLife::State;
using End = redis::MemberWalk::End;

constexpr std::size_t k_worst = 20;

/// A check on its way.
struct Check {
  std::shared_ptr<Survey> survey;
  CheckReport report;
  WorstTags worst{k_worst};
  Listing listing;
  std::shared_ptr<Untagged> untagged;  ///< empty without --pattern

  void find(Problem problem, const Container& container, std::string_view key) {
    find({problem, container.name.tag, survey->shown(key)});
  }
  void find(const Finding& finding) {
    if (listing.format() == Format::csv) {
      listing.row_line(row_csv(finding));
    } else if (listing.format() != Format::text) {
      listing.row(row_json(finding));
    }
  }
};

/// One tag of it.
struct TagCheck {
  std::shared_ptr<Check> check;
  Container container;
  std::uint64_t unknown = 0;
  TagTrouble tally;
};

asio::awaitable<bool> check_page(std::shared_ptr<TagCheck> tag, redis::KeyLife life,
                                 std::vector<redis::Member> members) {
  const auto check = tag->check;
  const auto survey = check->survey;
  auto looked = co_await look_at_members(survey, tag->container, life, std::move(members));
  if (!looked) {
    survey->fail_with(looked.error());
    co_return false;
  }
  for (const auto& one : *looked) {
    ++tag->tally.members;
    if (one.life.state == State::unknown) ++tag->unknown;
    if (one.dead) {
      ++tag->tally.dead;
      check->find(Problem::dead_member, tag->container, one.key);
    }
    if (one.outlives) {
      ++tag->tally.outliving;
      check->find(Problem::outlives_tag, tag->container, one.key);
    }
    if (check->untagged) check->untagged->held(one.key);
  }
  check->report.members += looked->size();
  survey->context.output.progress(fmt::format("checked {} members of {} tags",
                                              format_count(check->report.members),
                                              format_count(check->report.tags)));
  co_return !survey->over();
}

void enter(Check& check, TagCheck& tag, const redis::MemberWalk& walked) {
  auto& report = check.report;
  auto& tally = tag.tally;
  report.dead_members += tally.dead;
  report.outliving_members += tally.outliving;
  report.unknown_members += tag.unknown;
  if (tally.dead > 0) ++report.tags_with_dead;
  if (tally.outliving > 0) ++report.tags_outlived;
  if (walked.end == End::whole && tally.members > 0 && tally.dead == tally.members) {
    ++report.empty_tags;
    check.find(Problem::empty_tag, tag.container, tag.container.key);
  }
  if (walked.life.state == State::forever) {
    ++report.tags_without_ttl;
    tally.no_ttl = report.ttl_expected;
    if (tally.no_ttl) check.find(Problem::no_ttl, tag.container, tag.container.key);
  }
  check.worst.offer(tally);
}

asio::awaitable<void> check_tag(std::shared_ptr<Check> check, Container container) {
  const auto survey = check->survey;
  const auto tag = std::make_shared<TagCheck>();
  tag->check = check;
  tag->container = std::move(container);
  tag->tally.tag = tag->container.name.tag;
  tag->tally.key = survey->shown(tag->container.key);
  redis::MemberVisitor visit = [tag](redis::KeyLife life, std::vector<redis::Member> page) {
    return check_page(tag, life, std::move(page));
  };
  const auto walked = co_await redis::walk_members(survey->servers, tag->container.key,
                                                   survey->walk_options(), std::move(visit));
  survey->lookups += walked.lookups;
  if (walked.end == End::gone) co_return;
  ++check->report.tags;
  if (walked.end == End::wrong_type) {
    ++check->report.wrong_types;
    tag->tally.wrong_type = true;
    check->find(Problem::wrong_type, tag->container, tag->container.key);
    check->worst.offer(tag->tally);
    co_return;
  }
  if (walked.end == End::failed) survey->fail_with(*walked.error);
  tag->tally.ttl_seconds = seconds_left(walked.life);
  enter(*check, *tag, walked);
}

CheckReport empty_report(const Survey& survey) {
  CheckReport report;
  const auto& layout = survey.naming.layout();
  report.layout = layout.name;
  report.containers = survey.naming.shown_containers();
  report.type = to_string(layout.type);
  report.ttl_expected = layout.tags_expire;
  report.pattern = survey.options.pattern;
  return report;
}

/// Checks the tags that were named; one that is not there is said, and is no failure.
asio::awaitable<Result<void>> look_at_named(std::shared_ptr<Check> check) {
  const auto survey = check->survey;
  for (const auto& tag : survey->options.tags) {
    auto found = co_await find_tag(survey, tag);
    if (!found) co_return fail(std::move(found).error());
    if (found->empty()) {
      survey->context.output.note(fmt::format("rcache: no key holds the tag '{}'", printable(tag)));
    }
    for (auto& container : *found) {
      if (survey->over()) break;
      co_await check_tag(check, std::move(container));
    }
  }
  survey->context.output.progress("");
  co_return Result<void>();
}

/// Everything that asks servers. Errors: those of Scan::next().
asio::awaitable<Result<void>> look(std::shared_ptr<Check> check) {
  const auto survey = check->survey;
  if (!survey->options.tags.empty()) co_return co_await look_at_named(check);
  if (check->untagged) {
    auto gathered = co_await check->untagged->gather_share();
    if (!gathered) co_return gathered;
  }
  ContainerVisitor visit = [check](Container one) { return check_tag(check, std::move(one)); };
  auto looked = co_await for_each_container(survey, std::move(visit));
  if (!looked || !check->untagged) co_return looked;
  Untagged::Found found = [check](const std::string& key) {
    check->find({Problem::untagged, std::nullopt, check->survey->shown(key)});
  };
  auto rest = co_await check->untagged->finish(std::move(found));
  if (!rest) co_return rest;
  if (survey->complete()) check->report.untagged_keys = check->untagged->count();
  check->report.untagged_examples = check->untagged->examples();
  co_return rest;
}

}  // namespace

asio::awaitable<Result<Outcome>> check_tags(Context& context, Options options) {
  if (!options.tags.empty() && !options.pattern.empty()) {
    co_return fail(ErrorKind::usage, "--pattern wants all tags to be looked at",
                   "leave the tags out");
  }
  std::optional<Glob> pattern;
  if (!options.pattern.empty()) {
    auto own = Glob::parse(options.pattern);
    auto glob = own ? Glob::parse(context.key_prefix.on_pattern(options.pattern)) : std::move(own);
    if (!glob) {
      co_return fail(ErrorKind::usage, "--pattern: " + glob.error().message, glob.error().hint);
    }
    if (const auto doubt = glob->doubt(); !doubt.empty()) context.output.note("rcache: " + doubt);
    pattern = std::move(*glob);
  }
  const Interrupt::Grace grace(context.interrupt);
  auto opened = co_await open_survey(context, std::move(options));
  if (!opened) co_return fail(std::move(opened).error());
  const auto survey = *opened;
  const auto check = std::make_shared<Check>(
      Check{survey, empty_report(*survey), WorstTags(k_worst),
            Listing(context.output, survey->options.format, "findings"), nullptr});
  if (pattern) check->untagged = std::make_shared<Untagged>(survey, pattern->text());
  check->listing.begin(check_head(), k_findings_csv);
  if (auto looked = co_await look(check); !looked) co_return fail(std::move(looked).error());
  auto& report = check->report;
  report.own_lookups = survey->lookups;
  report.reasons = survey->reasons;
  report.worst = std::move(check->worst).sorted();
  if (auto written = check->listing.finish(check_rest(report),
                                           check_text(report, text_look(context.output.look())));
      !written) {
    co_return fail(std::move(written).error());
  }
  if (!report.complete()) co_return Outcome::incomplete;
  co_return report.findings() > 0 ? Outcome::findings : Outcome::done;
}

}  // namespace rcache::tags
