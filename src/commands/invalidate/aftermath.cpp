#include "commands/invalidate/aftermath.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/invalidate/saver.h"
#include "redis/refusal.h"

namespace rcache::invalidate {
namespace {

constexpr std::chrono::milliseconds k_wait_in_all{5000};
constexpr std::string_view k_wait_once_ms = "500";

/// WAIT counts from the last write of the connection that asks: every one that removed something
/// has to ask.
std::vector<std::shared_ptr<redis::Client>> writers_to(const Job& job, const redis::Node& node) {
  auto writers =
      job.saver ? job.saver->idle(node.address) : std::vector<std::shared_ptr<redis::Client>>();
  writers.push_back(node.client);
  return writers;
}

}  // namespace

asio::awaitable<Result<std::uint64_t>> wait_for_replicas(std::shared_ptr<Job> job,
                                                         std::uint64_t wanted) {
  std::optional<std::uint64_t> least;
  const auto deadline = job->context.clock.now() + k_wait_in_all;
  for (const auto& node : std::vector<redis::Node>(job->servers->nodes())) {
    for (const auto& client : writers_to(*job, node)) {
      std::uint64_t have = 0;
      do {
        redis::Args words{"WAIT", std::to_string(wanted), std::string(k_wait_once_ms)};
        const auto reply = co_await client->send(std::move(words));
        if (!reply) co_return fail(reply.error());
        if (const auto* error = reply->error())
          co_return fail(redis::refusal(redis::to_string(node.address), *error));
        const auto* count = reply->get<std::int64_t>();
        have = count != nullptr && *count > 0 ? static_cast<std::uint64_t>(*count) : 0;
      } while (have < wanted && job->context.clock.now() < deadline &&
               !job->context.interrupt.requested());
      least = least ? std::min(*least, have) : have;
    }
  }
  co_return least.value_or(0);
}

asio::awaitable<std::vector<std::string>> publish(std::shared_ptr<Job> job) {
  std::vector<std::string> sent;
  std::vector<std::string> messages = job->options.patterns;
  messages.insert(messages.end(), job->options.tags.begin(), job->options.tags.end());
  const auto client = job->servers->nodes().front().client;
  for (const auto& message : messages) {
    redis::Args words{"PUBLISH", job->options.publish, message};
    const auto reply = co_await client->send(std::move(words));
    const auto* error = reply ? reply->error() : nullptr;
    if (reply && error == nullptr) {
      sent.push_back(message);
    } else {
      job->say(fmt::format("not published: {}",
                           error != nullptr ? redis::own_words(*error) : reply.error().message));
    }
  }
  co_return sent;
}

}  // namespace rcache::invalidate
