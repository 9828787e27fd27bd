#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands/tags/listing.h"
#include "commands/tags/render.h"
#include "commands/tags/seconds_left.h"
#include "commands/tags/views.h"
#include "commands/text_look.h"
#include "core/key.h"
#include "redis/asio.h"
#include "redis/members.h"
#include "redis/refusal.h"

namespace rcache::tags {
namespace {

using Rows = std::vector<TagRow>;

asio::awaitable<void> look_at_container(std::shared_ptr<Survey> survey, std::shared_ptr<Rows> rows,
                                        Container container) {
  const auto type = survey->naming.layout().type;
  redis::Args type_words{"TYPE", container.key};
  redis::Args ttl_words{"PTTL", container.key};
  redis::Args count_words{std::string(redis::count_command(type)), container.key};
  // All at once: on one connection they travel one behind the other.
  std::vector<asio::awaitable<Result<redis::Reply>>> questions;
  for (auto* words : {&type_words, &ttl_words, &count_words})
    questions.push_back(survey->servers->send_to_owner(container.key, std::move(*words)));
  const auto sent = std::chrono::steady_clock::now();
  const auto replies = co_await redis::gather(std::move(questions));
  for (const auto& reply : replies) {
    if (!reply) {
      survey->fail_with(reply.error());
      co_return;
    }
  }
  const auto* found = replies[0]->get<redis::Status>();
  const auto life = redis::life_of(*replies[1], sent, std::chrono::steady_clock::now());
  const auto* members = replies[2]->get<std::int64_t>();
  if (found == nullptr || life.state == redis::KeyLife::State::unknown) {
    const auto* error = found == nullptr ? replies[0]->error() : replies[1]->error();
    survey->say(printable(survey->shown(container.key), 256) + ": " +
                (error != nullptr ? redis::own_words(*error) : std::string("no sensible answer")));
    co_return;
  }
  if (found->text == "none") co_return;
  const auto* error = replies[2]->error();
  if (error != nullptr && error->code() != "WRONGTYPE")
    survey->say(printable(survey->shown(container.key), 256) + ": " + redis::own_words(*error));
  TagRow row{container.name.tag, survey->shown(container.key), found->text, std::nullopt,
             seconds_left(life)};
  if (members != nullptr) row.members = static_cast<std::uint64_t>(*members);
  rows->push_back(std::move(row));
}

Result<void> write(Context& context, const Survey& survey, const Rows& rows) {
  Listing listing(context.output, survey.options.format, "tags");
  listing.begin(tags_head(), k_tags_csv);
  for (const auto& row : rows) {
    if (survey.options.format == Format::csv) {
      listing.row_line(row_csv(row));
    } else if (survey.options.format != Format::text) {
      listing.row(row_json(row));
    }
  }
  return listing.finish(completeness(survey.reasons),
                        tags_text(rows, survey.naming.shown_containers(), survey.reasons,
                                  text_look(context.output.look())));
}

}  // namespace

asio::awaitable<Result<Outcome>> list_tags(Context& context, Options options) {
  const Interrupt::Grace grace(context.interrupt);
  auto survey = co_await open_survey(context, std::move(options));
  if (!survey) co_return fail(std::move(survey).error());
  const auto rows = std::make_shared<Rows>();
  ContainerVisitor visit = [survey = *survey, rows](Container one) {
    return look_at_container(survey, rows, std::move(one));
  };
  const auto looked = co_await for_each_container(*survey, std::move(visit));
  if (!looked) co_return fail(looked.error());
  std::sort(rows->begin(), rows->end(),
            [](const TagRow& a, const TagRow& b) { return a.key < b.key; });
  if (auto written = write(context, **survey, *rows); !written)
    co_return fail(std::move(written).error());
  co_return (*survey)->complete() ? Outcome::done : Outcome::incomplete;
}

}  // namespace rcache::tags
