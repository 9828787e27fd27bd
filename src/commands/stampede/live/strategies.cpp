#include "commands/stampede/live/strategies.h"

#include <algorithm>
#include <cmath>

#include "commands/stampede/live/cache.h"
#include "commands/stampede/live/process.h"
#include "stampede/math.h"

namespace rcache::stampede::live {
namespace {

// Each as its article or library has it; the simulator has the same.
constexpr Nanos k_polling_lock_ttl = 30 * k_second;
constexpr Nanos k_lock_once_ttl = 10 * k_second;
constexpr Nanos k_redlock_ttl = 5 * k_second;
constexpr std::uint32_t k_redlock_attempts = 11;
constexpr Nanos k_lease_interval = 10 * k_second;
constexpr Nanos k_poll = 100 * k_millisecond;

/// What became of a load and its SET.
enum class Loaded { stored, failed, died, run_over };

struct Kind {
  bool volunteer = false;
  bool with_lease = false;
};

/// Loads, stores, answers.
asio::awaitable<Loaded> load_and_store(RunPtr run, AskPtr ask, Kind kind) {
  LoadStart start;
  start.volunteer = kind.volunteer;
  const Nanos began = run->now();
  const auto end = co_await run->load(ask, start);
  if (!end) co_return Loaded::run_over;
  if (*end != LoadEnd::ok) {
    run->failed(ask);
    co_return *end == LoadEnd::died ? Loaded::died : Loaded::failed;
  }
  Nanos delta = run->now() - began;
  const Nanos cap = run->scenario().delta_cap;
  if (cap > 0) delta = std::min(delta, cap);
  if (kind.with_lease) {
    const auto stored = co_await store_with_lease(run, ask, delta);
    if (!stored) co_return Loaded::run_over;
  } else {
    const bool stored = co_await store(run, ask, delta);
    if (!stored) co_return Loaded::run_over;
  }
  run->answered(ask);
  co_return Loaded::stored;
}

asio::awaitable<void> just_load(RunPtr run, AskPtr ask) {
  co_await load_and_store(run, ask, Kind());
}

/// The first look, where there is nothing but hit and miss. Out: true for a miss to deal with.
asio::awaitable<bool> misses(RunPtr run, AskPtr ask) {
  const auto found = co_await look(run, ask);
  if (!found) co_return false;
  if (found->there) {
    run->hit(ask);
    co_return false;
  }
  run->miss(ask);
  co_return true;
}

/// Looks once more. Out: true when it is there, and answered; nothing when the run is over.
asio::awaitable<std::optional<bool>> answered_by_cache(RunPtr run, AskPtr ask) {
  const auto found = co_await look(run, ask);
  if (!found) co_return std::nullopt;
  if (found->there) run->answered(ask);
  co_return found->there;
}

asio::awaitable<void> cache_aside(RunPtr run, AskPtr ask) {
  const bool missed = co_await misses(run, ask);
  if (missed) co_await just_load(run, ask);
}

asio::awaitable<void> mutex(RunPtr run, AskPtr ask) {
  const bool missed = co_await misses(run, ask);
  if (!missed) co_return;
  const auto entered = co_await enter_mutex(run, ask);
  if (entered == Entered::process_died) run->failed(ask);
  if (entered != Entered::yes) co_return;
  const auto there = co_await answered_by_cache(run, ask);
  if (!there) co_return;
  if (!*there) {
    const auto loaded = co_await load_and_store(run, ask, Kind());
    if (loaded == Loaded::died) {
      end_process(*run, *ask);
      co_return;
    }
  }
  leave_mutex(*run, *ask);
}

enum class Release { in_two_steps, by_script };

/// Who has the lock loads; who has not looks into the cache after a pause, and so on.
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

/// XFetch's coin. Source:  Vattani, Chierichetti, Lowenstein, PVLDB 8(8), 2015
bool volunteers(const Run& run, const Ask& ask, const Found& found) {
  const double unit =
      run.strategy() == Strategy::xfetch_nodelta ? 1e9 : static_cast<double>(found.delta);
  const double head_start = -log_of(run.coin(ask.index)) * unit * run.scenario().beta;
  return head_start >= static_cast<double>(found.left);
}

asio::awaitable<void> xfetch(RunPtr run, AskPtr ask) {
  const auto found = co_await look(run, ask);
  if (!found) co_return;
  const bool early = found->there && volunteers(*run, *ask, *found);
  if (found->there && !early) {
    run->hit(ask);
    co_return;
  }
  if (early) {
    run->volunteered(ask);
  } else {
    run->miss(ask);
  }
  Kind kind;
  kind.volunteer = early;
  if (run->strategy() == Strategy::xfetch_lock) {
    co_await load_under_polled_lock(run, ask, Release::by_script, kind);
  } else {
    co_await load_and_store(run, ask, kind);
  }
}

/// One load for all who want the key in the process; a refresh behind, too.
asio::awaitable<void> load_in_flight(RunPtr run, AskPtr ask) {
  const auto loaded = co_await load_and_store(run, ask, Kind());
  land(*run, *ask, loaded == Loaded::stored ? Landing::with_value : Landing::with_error);
}

asio::awaitable<void> wait_or_fly(RunPtr run, AskPtr ask) {
  if (take_off(*run, *ask)) {
    co_await load_in_flight(run, ask);
    co_return;
  }
  const auto landing = co_await wait_for_flight(run, ask);
  if (!landing) co_return;
  if (*landing == Landing::with_value) {
    run->answered(ask);
  } else {
    run->failed(ask);
  }
}

/// Starts what `strategy` does behind a stale answer.
void refresh_behind(const RunPtr& run, const AskPtr& ask) {
  const auto behind = run->open_behind(ask);
  switch (run->strategy()) {
    case Strategy::swr_singleflight:
      if (take_off(*run, *behind)) run->spawn(load_in_flight(run, behind));
      break;
    case Strategy::swr_lock:
      run->spawn(load_under_polled_lock(run, behind, Release::by_script, Kind()));
      break;
    default:
      run->spawn(just_load(run, behind));
  }
}

asio::awaitable<void> swr(RunPtr run, AskPtr ask) {
  const auto found = co_await look(run, ask);
  if (!found) co_return;
  const Nanos age = run->now() - found->fresh_until;
  if (found->there && age < 0) {
    run->hit(ask);
    co_return;
  }
  if (found->there) {
    run->stale(ask, age);
    refresh_behind(run, ask);
    co_return;
  }
  run->miss(ask);
  switch (run->strategy()) {
    case Strategy::swr_singleflight:
      co_await wait_or_fly(run, ask);
      break;
    case Strategy::swr_lock:
      co_await load_under_polled_lock(run, ask, Release::by_script, Kind());
      break;
    default:
      co_await just_load(run, ask);
  }
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

}  // namespace

asio::awaitable<void> handle(RunPtr run, AskPtr ask) {
  switch (run->strategy()) {
    case Strategy::mutex:
      return mutex(run, ask);
    case Strategy::lock_retry:
      return lock_retry(run, ask);
    case Strategy::lock_once:
      return lock_once(run, ask);
    case Strategy::redlock:
    case Strategy::redlock_recheck:
      return redlock(run, ask);
    case Strategy::xfetch_nodelta:
    case Strategy::xfetch:
    case Strategy::xfetch_lock:
      return xfetch(run, ask);
    case Strategy::swr:
    case Strategy::swr_singleflight:
    case Strategy::swr_lock:
      return swr(run, ask);
    case Strategy::lease:
      return lease(run, ask);
    default:
      return cache_aside(run, ask);
  }
}

}  // namespace rcache::stampede::live
