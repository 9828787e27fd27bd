#include "commands/stampede/live/lock_strategies.h"

#include <cmath>

#include "commands/stampede/live/locks.h"

namespace rcache::stampede::live {
namespace {

// Each as its article or library has it; the simulator has the same.
constexpr Nanos k_polling_lock_ttl = 30 * k_second;
constexpr Nanos k_lock_once_ttl = 10 * k_second;
constexpr Nanos k_redlock_ttl = 5 * k_second;
constexpr std::uint32_t k_redlock_attempts = 11;
constexpr Nanos k_lease_interval = 10 * k_second;
constexpr Nanos k_poll = 100 * k_millisecond;

/// 200 +- 100 ms, as node-redlock draws it.
Nanos redlock_pause(const Run& run, const Ask& ask, std::uint32_t attempt) {
  const double u = run.backoff(ask.index, attempt);
  return (200 + static_cast<Nanos>(std::floor((2 * u - 1) * 100))) * k_millisecond;
}

/// The holder looks again, loads if it must, and gives the lock back.
asio::awaitable<void> load_under_redlock(RunPtr run, AskPtr ask) {
  const auto there = co_await answered_by_cache(run, ask);
  if (!there) co_return;
  if (!*there) {
    const auto loaded = co_await load_and_store(run, ask, Kind());
    if (loaded == Loaded::died || loaded == Loaded::run_over) co_return;
  }
  co_await release_by_script(run, ask);
}

}  // namespace

asio::awaitable<void> load_under_polled_lock(RunPtr run, AskPtr ask, Release release, Kind kind) {
  const Nanos ttl = run->scenario().lock_ttl.value_or(k_polling_lock_ttl);
  const Nanos pause = run->scenario().poll.value_or(k_poll);
  while (true) {
    const auto taken = co_await try_lock(run, ask, ttl);
    if (!taken) co_return;
    if (*taken) {
      const auto loaded = co_await load_and_store(run, ask, kind);
      if (loaded == Loaded::died || loaded == Loaded::run_over) co_return;
      if (release == Release::by_script) {
        co_await release_by_script(run, ask);
      } else {
        co_await release_in_two_steps(run, ask);
      }
      co_return;
    }
    if (!ask->waited_for) co_return;  // a refresh that somebody else does
    if (kind.volunteer) {
      run->answered(ask);  // it ducks out with the value that it has
      co_return;
    }
    const bool slept = co_await run->sleep(pause);
    if (!slept) co_return;
    const auto there = co_await answered_by_cache(run, ask);
    if (!there || *there) co_return;
  }
}

asio::awaitable<void> lock_retry(RunPtr run, AskPtr ask) {
  const bool missed = co_await misses(run, ask);
  if (missed) co_await load_under_polled_lock(run, ask, Release::in_two_steps, Kind());
}

asio::awaitable<void> lock_once(RunPtr run, AskPtr ask) {
  const bool missed = co_await misses(run, ask);
  if (!missed) co_return;
  const auto taken =
      co_await try_lock(run, ask, run->scenario().lock_ttl.value_or(k_lock_once_ttl));
  if (!taken) co_return;
  if (*taken) {
    const auto loaded = co_await load_and_store(run, ask, Kind());
    if (loaded == Loaded::stored || loaded == Loaded::failed) co_await release_by_script(run, ask);
    co_return;
  }
  const bool slept = co_await run->sleep(run->scenario().wait_once);
  if (!slept) co_return;
  const auto there = co_await answered_by_cache(run, ask);
  if (there && !*there) co_await just_load(run, ask);
}

asio::awaitable<void> redlock(RunPtr run, AskPtr ask) {
  const bool missed = co_await misses(run, ask);
  if (!missed) co_return;
  const Nanos ttl = run->scenario().lock_ttl.value_or(k_redlock_ttl);
  for (std::uint32_t attempt = 1; attempt <= k_redlock_attempts; ++attempt) {
    const auto taken = co_await try_redlock(run, ask, ttl);
    if (!taken) co_return;
    if (*taken) {
      co_await load_under_redlock(run, ask);
      co_return;
    }
    if (attempt == k_redlock_attempts) break;
    const bool slept = co_await run->sleep(redlock_pause(*run, *ask, attempt));
    if (!slept) co_return;
  }
  // The library runs its release script, though nothing is held, and throws.
  co_await release_by_script(run, ask);
  if (run->over()) co_return;
  ++run->ledger().give_ups;
  if (run->strategy() == Strategy::redlock_recheck) {
    const auto there = co_await answered_by_cache(run, ask);
    if (!there || *there) co_return;
  }
  co_await just_load(run, ask);
}

asio::awaitable<void> lease(RunPtr run, AskPtr ask) {
  const Nanos interval = run->scenario().lock_ttl.value_or(k_lease_interval);
  bool first = true;
  while (true) {
    const auto answer = co_await look_for_lease(run, ask, interval);
    if (!answer) co_return;
    if (answer->there && first) {
      run->hit(ask);
      co_return;
    }
    if (answer->there) {
      run->answered(ask);
      co_return;
    }
    if (first) run->miss(ask);
    first = false;
    if (answer->may_load) {
      Kind kind;
      kind.with_lease = true;
      co_await load_and_store(run, ask, kind);
      co_return;
    }
    const bool slept = co_await run->sleep(run->scenario().poll.value_or(k_poll));
    if (!slept) co_return;
  }
}

}  // namespace rcache::stampede::live
