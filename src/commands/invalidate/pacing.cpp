#include "commands/invalidate/pacing.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/info.h"
#include "core/units.h"
#include "redis/asio.h"
#include "redis/refusal.h"

namespace rcache::invalidate {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds k_measure_every{5};
constexpr milliseconds k_look_at_replicas_every{500};
constexpr milliseconds k_longest_nap{50};

redis::ThrottleLimits limits_of(const Options& options) {
  redis::ThrottleLimits limits;
  limits.keys_per_second = options.rate;
  if (options.max_latency) limits.max_latency = *options.max_latency;
  limits.max_lag = options.max_lag;
  limits.count = static_cast<std::uint32_t>(options.count);
  limits.min_count = std::min(limits.min_count, limits.count);
  return limits;
}

/// The replica that is furthest behind.
///
/// Out:     empty when one is not online.
/// Source:  https://redis.io/docs/latest/commands/info/ (replication: slaveN, lag in seconds)
struct ReplicaLag {
  std::size_t replicas = 0;
  std::optional<milliseconds> behind = milliseconds(0);
};

ReplicaLag read_lag(const std::string& text) {
  const Info info(text);
  ReplicaLag lag;
  for (const auto& [number, value] : info.with_prefix("slave")) {
    const auto parts = parse_info_pairs(value);
    const auto state = parts.find("state");
    const auto seconds = parts.find("lag");
    if (state == parts.end()) continue;  // slave_read_only and the like
    ++lag.replicas;
    const auto behind =
        seconds == parts.end() ? std::optional<std::int64_t>() : parse_integer(seconds->second);
    if (state->second != "online" || !behind || *behind < 0) {
      lag.behind.reset();
    } else if (lag.behind) {
      lag.behind = std::max(*lag.behind, milliseconds(*behind * 1000));
    }
  }
  return lag;
}

}  // namespace

RunPace::RunPace(Context& context, std::shared_ptr<redis::Deployment> servers,
                 const Options& options)
    : context_(context),
      servers_(std::move(servers)),
      limits_(limits_of(options)),
      throttle_(limits_, context.clock.now()) {}

asio::awaitable<Result<void>> RunPace::start() {
  if (!limits_.max_latency && !limits_.max_lag) co_return Result<void>();
  const auto executor = co_await asio::this_coro::executor;
  for (const auto& node : std::vector<redis::Node>(servers_->nodes())) {
    auto client = co_await servers_->open_another(node);
    if (!client) co_return fail(std::move(client).error());
    if (limits_.max_latency)
      asio::co_spawn(executor, measure_latency(shared_from_this(), *client), asio::detached);
    if (limits_.max_lag) {
      lag_of(node.address, std::nullopt);  // nothing goes before the first answer
      asio::co_spawn(executor, watch_lag(shared_from_this(), *client, node.address),
                     asio::detached);
    }
  }
  co_return Result<void>();
}

void RunPace::stop() {
  stopped_ = true;
}

asio::awaitable<void> RunPace::measure_latency(Self self, std::shared_ptr<redis::Client> client) {
  // The network's part is each node's own.
  auto least = microseconds::max();
  while (!self->stopped_) {
    const auto sent = std::chrono::steady_clock::now();
    redis::Args words{"PING"};
    const auto reply = co_await client->send(std::move(words));
    if (!reply) co_return;  // the run itself will notice that the server is gone
    const auto took =
        std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - sent);
    least = std::min(least, took);
    self->throttle_.measured(took - least, self->context_.clock.now());
    if (!co_await self->context_.clock.sleep(k_measure_every)) co_return;
  }
}

asio::awaitable<void> RunPace::watch_lag(Self self, std::shared_ptr<redis::Client> client,
                                         redis::Address node) {
  while (!self->stopped_) {
    redis::Args words{"INFO", "replication"};
    const auto reply = co_await client->send(std::move(words));
    const auto* text = reply ? reply->get<std::string>() : nullptr;
    if (text == nullptr) {
      self->lag_of(node, std::nullopt);
      co_return;
    }
    auto lag = read_lag(*text);
    auto& most = self->replicas_[node];
    most = std::max(most, lag.replicas);
    if (lag.replicas < most) lag.behind.reset();  // one that vanished is not one that keeps up
    self->lag_of(node, lag.behind);
    if (!co_await self->context_.clock.sleep(k_look_at_replicas_every)) co_return;
  }
}

void RunPace::lag_of(const redis::Address& node, std::optional<milliseconds> behind) {
  lags_[node] = behind;
  std::optional<milliseconds> worst = milliseconds(0);
  for (const auto& [address, lag] : lags_) {
    if (!lag) {
      worst.reset();
      break;
    }
    worst = std::max(*worst, *lag);
  }
  throttle_.lag(worst);
}

asio::awaitable<void> RunPace::wait_for_go() {
  const auto self = shared_from_this();
  ++admitted_;
  if (const auto brake = throttle_.brake(context_.clock.now()); brake != redis::Brake::none)
    ++held_[brake];
  while (!stopped_) {
    const auto wait = throttle_.wait(context_.clock.now());
    if (wait.count() <= 0) break;
    const auto nap = std::min(k_longest_nap, std::chrono::ceil<milliseconds>(wait));
    if (!co_await context_.clock.sleep(nap)) break;
  }
}

asio::awaitable<void> RunPace::admit() {
  if (limits_.keys_per_second || limits_.max_latency || limits_.max_lag) co_await wait_for_go();
}

asio::awaitable<void> RunPace::admit_removal(std::uint64_t keys) {
  if (limits_.keys_per_second || limits_.max_lag) co_await wait_for_go();
  throttle_.spend(keys, context_.clock.now());
}

std::string_view RunPace::held_by() const {
  const auto brake = throttle_.brake(context_.clock.now());
  return brake == redis::Brake::none ? std::string_view() : to_string(brake);
}

std::string RunPace::held_most() const {
  const auto most = std::max_element(
      held_.begin(), held_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == held_.end() || most->second * 2 < admitted_) return {};
  return std::string(to_string(most->first));
}

}  // namespace rcache::invalidate
