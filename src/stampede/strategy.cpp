#include "stampede/strategy.h"

#include <algorithm>
#include <array>

namespace rcache::stampede {
namespace {

struct Row {
  Strategy strategy;
  std::string_view name;
  Effort effort;
  bool lock;
  std::string_view words;
};

constexpr std::array k_entries = {
    Row{Strategy::none, "none", Effort::nothing, false, "cache-aside: every miss loads"},
    Row{Strategy::jitter, "jitter", Effort::one_line, false,
        "cache-aside, a random addition to every TTL"},
    Row{Strategy::mutex, "mutex", Effort::a_process, false,
        "one load per key in each process, the others wait"},
    Row{Strategy::lock_retry, "lock-retry", Effort::a_lock, true,
        "Redis lock; losers look again every 100 ms"},
    Row{Strategy::lock_once, "lock-once", Effort::a_lock, true,
        "Redis lock; losers wait 75 ms once, then load"},
    Row{Strategy::redlock, "redlock", Effort::a_lock, true,
        "Redlock; losers wait for the lock, give up after 2 s"},
    Row{Strategy::redlock_recheck, "redlock-recheck", Effort::a_lock, true,
        "the same, with a look into the cache before giving up"},
    Row{Strategy::xfetch_nodelta, "xfetch-nodelta", Effort::a_format, false,
        "early refresh by chance, blind to the load time"},
    Row{Strategy::xfetch, "xfetch", Effort::a_format, false,
        "early refresh by chance, scaled by the load time"},
    Row{Strategy::xfetch_lock, "xfetch-lock", Effort::a_format, true,
        "XFetch, the refresh behind a Redis lock"},
    Row{Strategy::swr, "swr", Effort::a_format, false,
        "stale answers; each starts a refresh behind it"},
    Row{Strategy::swr_singleflight, "swr-singleflight", Effort::a_format, false,
        "stale answers; one refresh in each process"},
    Row{Strategy::swr_lock, "swr-lock", Effort::a_format, true,
        "stale answers; one refresh behind a Redis lock"},
    Row{Strategy::lease, "lease", Effort::a_lock, true,
        "the cache gives one miss per key and 10 s leave to load"},
};

constexpr auto k_order = [] {
  std::array<Strategy, k_entries.size()> all{};
  for (std::size_t index = 0; index < all.size(); ++index) all[index] = k_entries[index].strategy;
  return all;
}();

const Row& entry(Strategy strategy) {
  return k_entries[static_cast<std::size_t>(strategy)];
}

}  // namespace

std::span<const Strategy> all_strategies() {
  return k_order;
}

std::string_view to_string(Strategy strategy) {
  return entry(strategy).name;
}

Effort effort_of(Strategy strategy) {
  return entry(strategy).effort;
}

bool uses_lock(Strategy strategy) {
  return entry(strategy).lock;
}

bool uses_delta(Strategy strategy) {
  return strategy == Strategy::xfetch || strategy == Strategy::xfetch_lock;
}

std::string_view explain(Strategy strategy) {
  return entry(strategy).words;
}

std::optional<Strategy> strategy_named(std::string_view name) {
  const auto found = std::find_if(k_entries.begin(), k_entries.end(),
                                  [&](const Row& each) { return each.name == name; });
  if (found == k_entries.end()) return std::nullopt;
  return found->strategy;
}

}  // namespace rcache::stampede
