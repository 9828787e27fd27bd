#include "commands/tags/member_look.h"

#include <fmt/format.h>

#include "core/key.h"

namespace rcache::tags {
namespace {

using State = redis::KeyLife::State;

/// Less than that longer than its tag is a key that was given the same TTL a moment later.
constexpr std::chrono::milliseconds k_tolerance{1000};

bool looks_wrong(const LookedMember& looked, const redis::KeyLife& tag_life) {
  return looked.life.state == State::gone || redis::outlives(looked.life, tag_life, k_tolerance);
}

asio::awaitable<Result<redis::KeyLives>> ask(std::shared_ptr<Survey> survey, Container container,
                                             std::vector<std::string> keys) {
  auto lives = co_await redis::ask_lives(survey->servers, std::move(keys));
  if (!lives) co_return fail(std::move(lives).error());
  survey->lookups += lives->lookups;
  if (!lives->trouble.empty()) {
    survey->say(fmt::format("keys of '{}' could not be looked at: {}",
                            printable(survey->shown(container.key), 256), lives->trouble));
  }
  co_return std::move(*lives);
}

}  // namespace

asio::awaitable<Result<std::vector<LookedMember>>> look_at_members(
    std::shared_ptr<Survey> survey, Container container, redis::KeyLife tag_life,
    std::vector<redis::Member> members) {
  std::vector<LookedMember> all;
  std::vector<std::string> keys;
  all.reserve(members.size());
  keys.reserve(members.size());
  for (auto& member : members) {
    auto key = survey->naming.key_of(container.name, member.name);
    keys.push_back(key);
    all.push_back({std::move(member), std::move(key), {}});
  }
  auto first = co_await ask(survey, container, std::move(keys));
  if (!first) co_return fail(std::move(first).error());
  std::vector<std::string> again;
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].life = first->lives[i];
    if (looks_wrong(all[i], tag_life)) again.push_back(all[i].key);
  }
  if (again.empty()) co_return all;

  auto second = co_await ask(survey, container, std::move(again));
  if (!second) co_return fail(std::move(second).error());
  // The tag last: whoever writes a key lets its tag live longer after that.
  std::vector<std::string> tag_key{container.key};
  auto tag = co_await ask(survey, container, std::move(tag_key));
  if (!tag) co_return fail(std::move(tag).error());
  std::size_t next = 0;
  for (auto& looked : all) {
    if (!looks_wrong(looked, tag_life)) continue;
    looked.life = second->lives[next++];
    looked.dead = looked.life.state == State::gone;
    looked.outlives = redis::outlives(looked.life, tag->lives.front(), k_tolerance);
  }
  co_return all;
}

}  // namespace rcache::tags
