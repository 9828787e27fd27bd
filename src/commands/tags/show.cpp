#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands/tags/listing.h"
#include "commands/tags/member_look.h"
#include "commands/tags/render.h"
#include "commands/tags/seconds_left.h"
#include "commands/tags/views.h"
#include "commands/text_look.h"
#include "core/key.h"
#include "core/units.h"
#include "redis/member_walk.h"

namespace rcache::tags {
namespace {

using State = redis::KeyLife::State;

/// One tag on its way to stdout.
struct Showing {
  std::shared_ptr<Survey> survey;
  Container container;
  ShownTag shown;
  Listing listing;
  TextLook look;
};

MemberRow row_of(const Showing& showing, const LookedMember& looked) {
  MemberRow row{showing.survey->shown(looked.key), std::nullopt, seconds_left(looked.life),
                looked.outlives};
  if (looked.life.state != State::unknown) row.exists = looked.life.state != State::gone;
  return row;
}

void enter(ShownTag& shown, const LookedMember& looked) {
  if (looked.life.state == State::unknown) {
    ++shown.unknown;
  } else {
    ++(looked.life.state == State::gone ? shown.dead : shown.live);
  }
  if (looked.outlives) ++shown.outliving;
}

asio::awaitable<bool> show_page(std::shared_ptr<Showing> showing, redis::KeyLife tag_life,
                                std::vector<redis::Member> members) {
  const auto survey = showing->survey;
  auto looked = co_await look_at_members(survey, showing->container, tag_life, std::move(members));
  if (!looked) {
    survey->fail_with(looked.error());
    co_return false;
  }
  // Within a page in order; pages come as the server walks its hash table.
  std::sort(looked->begin(), looked->end(),
            [](const LookedMember& a, const LookedMember& b) { return a.key < b.key; });
  auto& listing = showing->listing;
  for (const auto& one : *looked) {
    enter(showing->shown, one);
    const auto row = row_of(*showing, one);
    if (listing.format() == Format::text) {
      listing.row_line(row_text(row, showing->look));
    } else if (listing.format() == Format::csv) {
      listing.row_line(row_csv(row));
    } else {
      listing.row(row_json(row));
    }
  }
  co_return !survey->over() && !listing.unread();
}

/// The one container that is meant; empty when there is none.
Result<std::optional<Container>> only_one(const Survey& survey, std::vector<Container> found) {
  if (found.size() > 1) {
    std::string names;
    for (const auto& each : found)
      names += (names.empty() ? "" : ", ") + printable(survey.shown(each.key), 256);
    return fail(ErrorKind::usage,
                fmt::format("the tag '{}' is kept in {} keys: {}", printable(survey.options.tag),
                            found.size(), names),
                "--tag-prefix says which: what stands before the tag");
  }
  if (found.empty()) return std::optional<Container>();
  return std::optional(std::move(found.front()));
}

asio::awaitable<void> walk(std::shared_ptr<Showing> showing) {
  const auto survey = showing->survey;
  redis::MemberVisitor visit = [showing](redis::KeyLife life, std::vector<redis::Member> page) {
    return show_page(showing, life, std::move(page));
  };
  const auto walked = co_await redis::walk_members(survey->servers, showing->container.key,
                                                   survey->walk_options(), std::move(visit));
  survey->lookups += walked.lookups;
  if (walked.end == redis::MemberWalk::End::failed) survey->fail_with(*walked.error);
}

}  // namespace

asio::awaitable<Result<Outcome>> show_tag(Context& context, Options options) {
  const Interrupt::Grace grace(context.interrupt);
  auto opened = co_await open_survey(context, std::move(options));
  if (!opened) co_return fail(std::move(opened).error());
  const auto survey = *opened;
  auto found = co_await find_tag(survey, survey->options.tag);
  if (!found) co_return fail(std::move(found).error());
  auto container = only_one(*survey, std::move(*found));
  if (!container) co_return fail(std::move(container).error());

  const auto look = text_look(context.output.look());
  const auto showing =
      std::make_shared<Showing>(Showing{survey,
                                        container->value_or(Container{}),
                                        {},
                                        Listing(context.output, survey->options.format, "members"),
                                        look});
  auto& shown = showing->shown;
  shown.tag = survey->options.tag;
  if (*container) {
    const auto& key = (*container)->key;
    shown.key = survey->shown(key);
    redis::Args type_words{"TYPE", key};
    const auto type = co_await survey->servers->send_to_owner(key, std::move(type_words));
    const auto* word = type ? type->get<redis::Status>() : nullptr;
    const auto wanted = to_string(survey->naming.layout().type);
    if (word != nullptr && word->text != wanted && word->text != "none") {
      co_return fail(ErrorKind::server,
                     fmt::format("'{}' is a {} and no {}", printable(*shown.key, 256),
                                 printable(word->text, 64), wanted),
                     "--layout says how the application keeps its tags");
    }
    std::vector<std::string> keys{key};
    auto life = co_await redis::ask_lives(survey->servers, std::move(keys));
    if (!life) co_return fail(std::move(life).error());
    shown.ttl_seconds = seconds_left(life->lives.front());
  }
  showing->listing.begin(shown_head(shown), k_members_csv, shown_head_text(shown, look));
  if (*container) co_await walk(showing);
  if (auto written = showing->listing.finish(shown_rest(shown, survey->reasons),
                                             shown_rest_text(shown, survey->reasons, look));
      !written) {
    co_return fail(std::move(written).error());
  }
  co_return survey->complete() ? Outcome::done : Outcome::incomplete;
}

}  // namespace rcache::tags
