#pragma once

#include "commands/stampede/live/loading.h"

namespace rcache::stampede::live {

/// How the holder of a polled lock gives it back.
enum class Release { in_two_steps, by_script };

/// Who has the lock loads; who has not looks into the cache after a pause, and so on. A volunteer
/// answers with what it has instead, and a refresh behind an answer leaves it at that.
asio::awaitable<void> load_under_polled_lock(RunPtr run, AskPtr ask, Release release, Kind kind);

asio::awaitable<void> lock_retry(RunPtr run, AskPtr ask);
asio::awaitable<void> lock_once(RunPtr run, AskPtr ask);
/// `redlock` and `redlock-recheck`.
asio::awaitable<void> redlock(RunPtr run, AskPtr ask);
asio::awaitable<void> lease(RunPtr run, AskPtr ask);

}  // namespace rcache::stampede::live
