#include "commands/stampede/live/loading.h"

#include <algorithm>

#include "commands/stampede/live/cache.h"
#include "commands/stampede/live/locks.h"

namespace rcache::stampede::live {

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

asio::awaitable<std::optional<bool>> answered_by_cache(RunPtr run, AskPtr ask) {
  const auto found = co_await look(run, ask);
  if (!found) co_return std::nullopt;
  if (found->there) run->answered(ask);
  co_return found->there;
}

}  // namespace rcache::stampede::live
