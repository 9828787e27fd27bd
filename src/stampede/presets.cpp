#include "stampede/presets.h"

#include <algorithm>
#include <vector>

namespace rcache::stampede {
namespace {

constexpr Nanos k_minute = 60 * k_second;

/// What the presets change of the default scenario.
template <typename Change>
Preset preset(std::string_view name, std::string_view shows, Change change) {
  Preset out{name, shows, {}};
  out.scenario.name = name;
  change(out.scenario);
  return out;
}

std::vector<Preset> make_presets() {
  std::vector<Preset> all;
  all.push_back(preset("one-hot-key",
                       "One key expires under load: a database that shares its slots among all "
                       "loads slows down, and each miss brings more.",
                       [](Scenario&) {}));
  all.push_back(preset("slow-load",
                       "Loads of 3 s outlast what lock-once (75 ms), redlock (2 s) and "
                       "xfetch-nodelta (1 s) were built for.",
                       [](Scenario& s) {
                         s.rate = 100;
                         s.load_time.span = 3 * k_second;
                         s.duration = 10 * k_minute;
                       }));
  all.push_back(preset("slowdown",
                       "Loads get 10 times slower at 90 s: XFetch still trusts the time that it "
                       "measured before.",
                       [](Scenario& s) {
                         s.slow_at = 90 * k_second;
                         s.slow_factor = 10;
                       }));
  all.push_back(preset("slow-under-load",
                       "Loads that take over 1 s are given up: the crowd slows every load beyond "
                       "that, so the cache is never filled again.",
                       [](Scenario& s) { s.db_timeout = k_second; }));
  all.push_back(preset("crash",
                       "Three of ten loaders die with their lock: the others wait until it "
                       "expires.",
                       [](Scenario& s) {
                         s.crash = 0.3;
                         s.rate = 100;
                         s.duration = 20 * k_minute;
                       }));
  all.push_back(preset("short-lock",
                       "A lock of 300 ms around a load of 1 s lets a second and a third loader "
                       "in.",
                       [](Scenario& s) {
                         s.lock_ttl = 300 * k_millisecond;
                         s.rate = 100;
                         s.load_time.span = k_second;
                         s.db_slots = 2;
                       }));
  all.push_back(preset("cold-start",
                       "The cache is empty: every strategy must load each key once, and all at "
                       "the same time.",
                       [](Scenario& s) {
                         s.warm = false;
                         s.keys = 2000;
                         s.rate = 4000;
                         s.db_slots = 50;
                         s.duration = 2 * k_minute;
                       }));
  all.push_back(preset("mass-expiry",
                       "2,000 keys were filled at the same moment and expire at the same moment: "
                       "only jitter spreads them.",
                       [](Scenario& s) {
                         s.keys = 2000;
                         s.zipf = 0;
                         s.rate = 2000;
                         s.load_time.span = 200 * k_millisecond;
                         s.db_slots = 50;
                         s.jitter = 30 * k_second;
                         s.duration = 150 * k_second;
                       }));
  all.push_back(preset("runaway",
                       "XFetch measures its load time while the database queues: every request "
                       "refreshes, so the queue grows, for ever.",
                       [](Scenario& s) {
                         s.warm = false;
                         s.rate = 1000;
                         s.load_time.span = 3 * k_second;
                         s.db = DatabaseModel::fifo;
                         s.db_slots = 50;
                         s.duration = 10 * k_minute;
                         s.max_in_flight = 200'000;
                       }));
  all.push_back(preset("whole-seconds",
                       "EX and TTL instead of PX and PTTL: half a second before its expiry a key "
                       "reads as expired, and XFetch stampedes.",
                       [](Scenario& s) {
                         s.whole_seconds = true;
                         s.ttl = 10 * k_second;
                       }));
  all.push_back(preset("db-down",
                       "The database answers errors for 2 minutes: stale values carry the "
                       "application until they end too.",
                       [](Scenario& s) {
                         s.down_at = 90 * k_second;
                         s.down_for = 2 * k_minute;
                         s.stale = k_minute;
                       }));
  all.push_back(preset("invalidation",
                       "The key is deleted every 20 s: a herd without any expiry, against which "
                       "neither early refreshes nor stale values help.",
                       [](Scenario& s) {
                         s.ttl = 60 * k_minute;
                         s.invalidate_every = 20 * k_second;
                       }));
  return all;
}

}  // namespace

std::span<const Preset> presets() {
  static const std::vector<Preset> all = make_presets();
  return all;
}

const Preset* preset_named(std::string_view name) {
  const auto all = presets();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Preset& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace rcache::stampede
