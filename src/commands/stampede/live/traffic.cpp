#include "commands/stampede/live/traffic.h"

#include <algorithm>
#include <array>

#include "commands/stampede/live/cache.h"
#include "commands/stampede/live/strategies.h"
#include "redis/refusal.h"
#include "stampede/math.h"
#include "stampede/simulate.h"
#include "stampede/zipf.h"

namespace rcache::stampede::live {
namespace {

constexpr std::uint32_t k_keys_per_write = 500;
/// So many late arrivals at most before replies are read again.
constexpr std::size_t k_burst = 64;

/// What a client of a closed loop needs to draw its requests: the simulator draws the same.
struct Crowd {
  explicit Crowd(const Scenario& scenario)
      : thoughts(scenario.seed, Purpose::think),
        keys(scenario.seed, Purpose::key),
        popularity(scenario.keys, scenario.zipf),
        think(static_cast<double>(scenario.think)) {}

  Nanos pause(std::uint64_t index) const {
    return static_cast<Nanos>(-log_of(thoughts.above_zero(index)) * think + 0.5);
  }
  Stream thoughts;
  Stream keys;
  Zipf popularity;
  double think;
};

asio::awaitable<void> one_client(RunPtr run, std::shared_ptr<const Crowd> crowd,
                                 std::uint32_t number) {
  auto index = static_cast<std::uint64_t>(number) << 32U;
  while (true) {
    const bool slept = co_await run->sleep(crowd->pause(index));
    if (!slept) co_return;
    ++index;
    const auto key = crowd->popularity.draw(crowd->keys.bits(index));
    co_await handle(run, run->open(run->now(), index, key));
    if (run->over()) co_return;
  }
}

asio::awaitable<void> all_arrivals(RunPtr run) {
  const auto arrivals = generated_arrivals(run->scenario())(run->scenario().seed);
  const Nanos begun = run->now();
  std::vector<Arrival> block(256);
  std::uint64_t index = 0;
  std::size_t burst = 0;
  while (true) {
    const auto count = arrivals->fill(block);
    if (count == 0) co_return;
    for (std::size_t each = 0; each < count; ++each) {
      const Arrival arrival = block[each];
      const Nanos due = begun + arrival.at;
      if (run->over() || run->unstable_at() != k_never) co_return;
      if (due > run->now()) {
        const bool slept = co_await run->sleep_until(due);
        if (!slept) co_return;
        burst = 0;
      } else if (++burst == k_burst) {
        co_await redis::give_way();
        burst = 0;
      }
      run->spawn(handle(run, run->open(due, index++, arrival.key)));
    }
  }
}

/// Deletes all keys now and then, as an application does that invalidates.
asio::awaitable<void> invalidator(RunPtr run) {
  const Nanos period = run->scenario().invalidate_every;
  for (Nanos due = period;; due += period) {
    const bool slept = co_await run->sleep_until(due);
    if (!slept) co_return;
    run->bench().invalidated_all(run->now());
    for (std::uint32_t key = 0; key < run->scenario().keys;) {
      std::vector<std::string> names{"UNLINK"};
      for (; key < run->scenario().keys && names.size() <= k_keys_per_write; ++key) {
        names.push_back(run->names().value(key));
        // A deletion voids the lease, so that nothing stale is stored after it.
        if (run->strategy() == Strategy::lease) names.push_back(run->names().lock(key));
      }
      redis::Commands commands;
      commands.add(names);
      const auto sent = co_await run->send_besides(std::move(commands));
      if (!sent) co_return;
    }
  }
}

}  // namespace

asio::awaitable<Result<void>> fill_cache(RunPtr run) {
  const Nanos delta = from_seconds(mean_seconds(run->scenario().load_time));
  const auto keys = run->scenario().keys;
  for (std::uint32_t key = 0; key < keys;) {
    redis::Commands commands;
    const Nanos late = run->now();
    const auto end = std::min(keys, key + k_keys_per_write);
    for (; key < end; ++key) {
      const Nanos fresh_until = run->bench().fresh_from_start(key);
      run->bench().filled_before(key, fresh_until);
      add_set(commands, *run, key, late, delta, std::max(k_millisecond, fresh_until - late));
    }
    const auto sent = co_await run->send_besides(std::move(commands));
    if (!sent && run->failure()) co_return rcache::fail(*run->failure());
    if (!sent) co_return rcache::fail(ErrorKind::interrupted, "interrupted");
  }
  co_return Result<void>();
}

asio::awaitable<void> let_them_ask(RunPtr run, Nanos duration) {
  const auto clients = run->scenario().clients;
  if (clients > 0) {
    const auto crowd = std::make_shared<const Crowd>(run->scenario());
    for (std::uint32_t number = 0; number < clients; ++number)
      run->spawn(one_client(run, crowd, number));
  } else {
    run->spawn(all_arrivals(run));
  }
  if (run->scenario().invalidate_every > 0) run->spawn(invalidator(run));
  co_await run->last_until(duration);
}

}  // namespace rcache::stampede::live
