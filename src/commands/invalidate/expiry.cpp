#include "commands/invalidate/expiry.h"

#include <functional>

#include "commands/invalidate/answers.h"
#include "redis/refusal.h"

namespace rcache::invalidate {
namespace {

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014), mixing function.
std::uint64_t mix(std::uint64_t bits) {
  bits += 0x9e3779b97f4a7c15U;
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31U);
}

enum class Fate { expiring, gone, open, redirected, failed, unanswered };

struct Step {
  Fate fate = Fate::unanswered;
  std::string why;
};

/// PEXPIRE answers 1 when it took; 0 for a key that is gone, or with LT has a shorter TTL.
Step after_pexpire(const redis::Reply& reply) {
  if (const auto* taken = reply.get<std::int64_t>())
    return {*taken == 1 ? Fate::expiring : Fate::unanswered, {}};
  if (const auto* error = reply.error()) {
    const auto answer = answer_to(*error);
    if (answer == Answer::later) return {Fate::open, {}};
    if (answer == Answer::redirected) return {Fate::redirected, {}};
    return {Fate::failed, redis::own_words(*error)};
  }
  return {Fate::failed, "the reply made no sense"};
}

Step after_pttl(const redis::Reply& reply) {
  if (const auto* ttl = reply.get<std::int64_t>())
    return {*ttl == -2 ? Fate::gone : Fate::expiring, {}};
  return after_pexpire(reply);
}

void enter(Job& job, const redis::Address& node, const std::string& key, const Step& step,
           Keys& open) {
  const Keys one{key};
  switch (step.fate) {
    case Fate::expiring:
      job.ledger.expiring(node, one);
      break;
    case Fate::gone:
      job.ledger.settled(node, one, 0);
      break;
    case Fate::failed:
      job.ledger.failed(node, key, step.why);
      break;
    case Fate::open:
    case Fate::redirected:
    case Fate::unanswered:
      open.push_back(key);
      break;
  }
}

/// Before Redis 7 there is no LT: only keys that would live longer are given the TTL.
asio::awaitable<Result<Keys>> that_live_longer(std::shared_ptr<Job> job, Removal removal,
                                               Keys* open) {
  redis::Commands questions;
  for (const auto& key : removal.keys) questions.add({"PTTL", key});
  const auto replies = co_await removal.client->pipeline(std::move(questions));
  if (!replies) co_return fail(replies.error());
  Keys longer;
  for (std::size_t i = 0; i < removal.keys.size(); ++i) {
    const auto& key = removal.keys[i];
    const auto* ttl = (*replies)[i].get<std::int64_t>();
    const auto wanted = ttl_for(job->options, job->seed, key).count();
    if (ttl != nullptr && (*ttl == -1 || *ttl > wanted)) {
      longer.push_back(key);
    } else {
      enter(*job, removal.node, key, after_pttl((*replies)[i]), *open);
    }
  }
  co_return longer;
}

redis::Args pexpire(const Job& job, const std::string& key, bool lt) {
  redis::Args words{"PEXPIRE", key, std::to_string(ttl_for(job.options, job.seed, key).count())};
  if (lt) words.emplace_back("LT");
  return words;
}

bool knows_lt(const Job& job, const redis::Address& address) {
  for (const auto& node : job.servers->nodes()) {
    if (node.address == address)
      return redis::version_of(node.identity).major >= 7 || node.identity.version.empty();
  }
  return true;
}

}  // namespace

std::chrono::milliseconds ttl_for(const Options& options, std::uint64_t seed,
                                  std::string_view key) {
  if (options.expire_in) return std::max(*options.expire_in, std::chrono::milliseconds(1));
  const auto window =
      static_cast<std::uint64_t>(std::max<std::int64_t>(options.spread->count(), 1));
  const auto bits = mix(seed ^ std::hash<std::string_view>{}(key));
  return std::chrono::milliseconds(static_cast<std::int64_t>(bits % window + 1));
}

asio::awaitable<Keys> expire_keys(std::shared_ptr<Job> job, Removal removal) {
  Keys open;
  const bool lt = knows_lt(*job, removal.node);
  if (!lt) {
    auto longer = co_await that_live_longer(job, removal, &open);
    if (!longer) co_return removal.keys;
    removal.keys = std::move(*longer);
  }
  redis::Commands commands;
  for (const auto& key : removal.keys) {
    commands.add(pexpire(*job, key, lt));
  }
  const auto replies = co_await removal.client->pipeline(std::move(commands));
  if (!replies) {
    open.insert(open.end(), removal.keys.begin(), removal.keys.end());
    co_return open;
  }
  Keys unanswered;
  for (std::size_t i = 0; i < removal.keys.size(); ++i) {
    auto step = after_pexpire((*replies)[i]);
    if (step.fate == Fate::redirected) {
      // The key is on the move: asked for where it is now.
      auto words = pexpire(*job, removal.keys[i], lt);
      const auto reply = co_await job->servers->send_to_owner(removal.keys[i], std::move(words));
      step = reply ? after_pexpire(*reply) : Step{Fate::open, {}};
    }
    if (step.fate == Fate::unanswered) {
      unanswered.push_back(removal.keys[i]);
    } else {
      enter(*job, removal.node, removal.keys[i], step, open);
    }
  }
  if (unanswered.empty()) co_return open;
  redis::Commands questions;
  for (const auto& key : unanswered) questions.add({"PTTL", key});
  const auto ttls = co_await removal.client->pipeline(std::move(questions));
  for (std::size_t i = 0; i < unanswered.size(); ++i) {
    auto step = ttls ? after_pttl((*ttls)[i]) : Step{};
    if (step.fate == Fate::redirected) {
      redis::Args words{"PTTL", unanswered[i]};
      const auto reply = co_await job->servers->send_to_owner(unanswered[i], std::move(words));
      step = reply ? after_pttl(*reply) : Step{};
    }
    enter(*job, removal.node, unanswered[i], step, open);
  }
  co_return open;
}

}  // namespace rcache::invalidate
