#include "commands/stampede/live/strategies.h"

#include "commands/stampede/live/cache.h"
#include "commands/stampede/live/lock_strategies.h"
#include "commands/stampede/live/process.h"
#include "stampede/math.h"

namespace rcache::stampede::live {
namespace {

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
