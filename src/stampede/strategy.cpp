#include "stampede/strategy.h"

#include <algorithm>
#include <array>

namespace rcache::stampede {
namespace {

struct Row {
  Strategy strategy;
  std::string_view name;
  std::string_view words;
};

constexpr std::array k_entries = {
    Row{Strategy::none, "none", "cache-aside: every miss loads"},
    Row{Strategy::jitter, "jitter", "cache-aside, a random addition to every TTL"},
    Row{Strategy::mutex, "mutex", "one load per key in each process, the others wait"},
    Row{Strategy::lock_retry, "lock-retry", "Redis lock; losers look again every 100 ms"},
    Row{Strategy::lock_once, "lock-once", "Redis lock; losers wait 75 ms once, then load"},
    Row{Strategy::redlock, "redlock", "Redlock; losers wait for the lock, give up after 2 s"},
    Row{Strategy::redlock_recheck, "redlock-recheck",
        "the same, with a look into the cache before giving up"},
    Row{Strategy::xfetch_nodelta, "xfetch-nodelta",
        "early refresh by chance, blind to the load time"},
    Row{Strategy::xfetch, "xfetch", "early refresh by chance, scaled by the load time"},
    Row{Strategy::xfetch_lock, "xfetch-lock", "XFetch, the refresh behind a Redis lock"},
    Row{Strategy::swr, "swr", "stale answers; each starts a refresh behind it"},
    Row{Strategy::swr_singleflight, "swr-singleflight",
        "stale answers; one refresh in each process"},
    Row{Strategy::swr_lock, "swr-lock", "stale answers; one refresh behind a Redis lock"},
    Row{Strategy::lease, "lease", "the cache gives one miss per key and 10 s leave to load"},
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
