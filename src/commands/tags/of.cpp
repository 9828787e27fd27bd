#include <set>

#include "commands/tags/render.h"
#include "commands/tags/views.h"
#include "commands/text_look.h"
#include "core/key.h"
#include "redis/members.h"
#include "redis/refusal.h"

namespace rcache::tags {
namespace {

using Tags = std::set<std::string>;

asio::awaitable<void> ask_container(std::shared_ptr<Survey> survey, std::shared_ptr<Tags> tags,
                                    Container container) {
  const auto key = survey->context.key_prefix.on_key(survey->options.key);
  const auto type = survey->naming.layout().type;
  for (const auto& member : survey->naming.members_naming(container.name, key)) {
    auto words = redis::membership_words(type, container.key, member);
    const auto reply = co_await survey->servers->send_to_owner(container.key, std::move(words));
    if (!reply) {
      survey->fail_with(reply.error());
      co_return;
    }
    if (const auto* error = reply->error()) {
      // A key of another type holds no members.
      if (error->code() != "WRONGTYPE")
        survey->say(printable(survey->shown(container.key), 256) + ": " + redis::own_words(*error));
      co_return;
    }
    if (redis::is_member(*reply)) tags->insert(container.name.tag);
  }
}

std::string rendered(const Survey& survey, const std::vector<std::string>& tags) {
  const auto& key = survey.options.key;
  switch (survey.options.format) {
    case Format::json:
      return of_json(key, tags, survey.reasons, render::JsonLayout::indented);
    case Format::ndjson:
      return of_json(key, tags, survey.reasons, render::JsonLayout::one_line);
    case Format::csv:
      return of_csv(key, tags);
    default:
      return of_text(key, tags, survey.reasons, text_look(survey.context.output.look()));
  }
}

}  // namespace

asio::awaitable<Result<Outcome>> tags_of_key(Context& context, Options options) {
  const Interrupt::Grace grace(context.interrupt);
  auto survey = co_await open_survey(context, std::move(options));
  if (!survey) co_return fail(std::move(survey).error());
  const auto found = std::make_shared<Tags>();
  ContainerVisitor visit = [survey = *survey, found](Container one) {
    return ask_container(survey, found, std::move(one));
  };
  const auto looked = co_await for_each_container(*survey, std::move(visit));
  if (!looked) co_return fail(looked.error());
  const std::vector<std::string> tags(found->begin(), found->end());
  auto written = context.output.write(rendered(**survey, tags));
  if (!written && !context.output.pipe_closed()) co_return fail(std::move(written).error());
  co_return (*survey)->complete() ? Outcome::done : Outcome::incomplete;
}

}  // namespace rcache::tags
