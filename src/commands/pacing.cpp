#include "commands/pacing.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/info.h"
#include "core/units.h"
#include "redis/asio.h"
#include "redis/refusal.h"

namespace rcache {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds k_measure_every{5};
constexpr milliseconds k_look_at_nodes_every{500};
constexpr milliseconds k_longest_nap{50};

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
                 redis::ThrottleLimits limits, std::function<bool()> over)
    : context_(context),
      servers_(std::move(servers)),
      limits_(limits),
      throttle_(limits_, context.clock.now()),
      over_(std::move(over)) {}

asio::awaitable<Result<void>> RunPace::start() {
  if (!limits_.max_latency && !limits_.max_lag) co_return Result<void>();
  auto measuring = co_await measure_new_nodes();
  if (!measuring) co_return measuring;
  // Nothing goes before the replicas have been looked at.
  if (limits_.max_lag) co_await look_at_replicas(shared_from_this());
  asio::co_spawn(co_await asio::this_coro::executor, watch_nodes(shared_from_this()),
                 asio::detached);
  co_return Result<void>();
}

void RunPace::stop() {
  stopped_ = true;
}

/// A second connection to each node that has none yet.
asio::awaitable<Result<void>> RunPace::measure_new_nodes() {
  if (!limits_.max_latency) co_return Result<void>();
  const auto self = shared_from_this();
  for (const auto& node : std::vector<redis::Node>(servers_->nodes())) {
    if (measured_.contains(node.address)) continue;
    auto client = co_await servers_->open_another(node);
    if (!client) co_return fail(std::move(client).error());
    measured_.insert(node.address);
    asio::co_spawn(co_await asio::this_coro::executor,
                   measure_latency(self, std::move(*client), node.address), asio::detached);
  }
  co_return Result<void>();
}

/// Follows the deployment: a primary that took over is measured as well, one that is gone holds
/// nobody back.
asio::awaitable<void> RunPace::watch_nodes(Self self) {
  while (!self->stopped_) {
    const auto slept = co_await self->context_.clock.sleep(k_look_at_nodes_every);
    if (!slept || self->stopped_) co_return;
    co_await self->measure_new_nodes();  // one that cannot be reached is tried again
    if (self->limits_.max_lag) co_await look_at_replicas(self);
  }
}

asio::awaitable<void> RunPace::measure_latency(Self self, std::shared_ptr<redis::Client> client,
                                               redis::Address node) {
  // The network's part is each node's own.
  auto least = microseconds::max();
  while (!self->stopped_) {
    const auto sent = std::chrono::steady_clock::now();
    redis::Args words{"PING"};
    const auto reply = co_await client->send(std::move(words));
    if (!reply) break;
    const auto took =
        std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - sent);
    least = std::min(least, took);
    self->throttle_.measured(took - least, self->context_.clock.now());
    const auto slept = co_await self->context_.clock.sleep(k_measure_every);
    if (!slept) break;
  }
  self->measured_.erase(node);
}

asio::awaitable<void> RunPace::look_at_replicas(Self self) {
  std::optional<milliseconds> worst = milliseconds(0);
  for (const auto& node : std::vector<redis::Node>(self->servers_->nodes())) {
    redis::Args words{"INFO", "replication"};
    const auto reply = co_await node.client->send(std::move(words));
    const auto* text = reply ? reply->get<std::string>() : nullptr;
    // A node that is gone, or no primary any more, is the run's business, which has to get as far
    // as noticing it.
    if (text == nullptr || Info(*text).text("role") == "slave") continue;
    auto lag = read_lag(*text);
    auto& most = self->replicas_[node.address];
    most = std::max(most, lag.replicas);
    // A replica that vanished is not one that keeps up.
    if (lag.replicas < most || !lag.behind) {
      worst.reset();
      break;
    }
    worst = std::max(*worst, *lag.behind);
  }
  self->throttle_.lag(worst);
}

asio::awaitable<bool> RunPace::wait_for_go() {
  const auto self = shared_from_this();
  ++admitted_;
  if (const auto brake = throttle_.brake(context_.clock.now()); brake != redis::Brake::none)
    ++held_[brake];
  while (true) {
    if (stopped_ || over_()) co_return false;
    const auto wait = throttle_.wait(context_.clock.now());
    if (wait.count() <= 0) co_return true;
    const auto nap = std::min(k_longest_nap, std::chrono::ceil<milliseconds>(wait));
    const auto slept = co_await context_.clock.sleep(nap);
    if (!slept) co_return false;
  }
}

asio::awaitable<bool> RunPace::admit() {
  if (!limits_.keys_per_second && !limits_.max_latency && !limits_.max_lag) co_return !over_();
  co_return co_await wait_for_go();
}

asio::awaitable<bool> RunPace::admit_change(std::uint64_t keys) {
  if (limits_.keys_per_second || limits_.max_lag) {
    const bool go = co_await wait_for_go();
    if (!go) co_return false;
  }
  throttle_.spend(keys, context_.clock.now());
  co_return !over_();
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

}  // namespace rcache
