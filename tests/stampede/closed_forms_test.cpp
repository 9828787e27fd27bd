#include "stampede/closed_forms.h"

#include <doctest/doctest.h>

#include <string>

#include "stampede/zipf.h"

namespace rcache::stampede::closed {

TEST_CASE("closed forms: the values that were worked out by hand") {
  struct Case {
    std::string name;
    double is;
    double wanted;
    double tolerance;
  };
  const Case cases[] = {
      {"cache-aside", loads_cache_aside(100, 0.5), 51, 1e-12},
      {"exponential, a=5", loads_exponential(100, 0.05), 3.189, 1e-3},
      {"exponential, a=50", loads_exponential(1000, 0.05), 9.211, 1e-3},
      {"exponential, a=500", loads_exponential(10'000, 0.05), 28.36, 1e-2},
      {"shared, below", loads_shared(1000, 0.05, 60), 51, 1e-9},
      {"shared, LD/c=2", loads_shared(1000, 0.05, 25), 70.7, 0.1},
      {"shared, LD/c=5", loads_shared(2000, 0.05, 20), 1148, 1},
      {"shared, 500 clients", loads_shared(500, 0.1, 10), 603, 1},
      {"mutex, 4", loads_mutex(100, 0.5, 4), 4.0, 1e-3},
      {"mutex, 20", loads_mutex(100, 0.5, 20), 18.44, 1e-2},
      {"mutex, 100", loads_mutex(100, 0.5, 100), 39.95, 1e-2},
      {"lock-once, below the wait", loads_lock_once(200, 0.074, 0.075), 1, 1e-12},
      {"lock-once, above", loads_lock_once(200, 0.5, 0.075), 86, 1e-9},
      {"short lock", loads_short_lock(2.05, 0.5), 5, 1e-12},
      {"redlock, D=1", loads_redlock(100, 1), 1, 1e-9},
      {"redlock, D=3", loads_redlock(100, 3), 101.5, 0.01},
      {"redlock, D=4.5", loads_redlock(100, 4.5), 251.5, 0.01},
      {"lease", loads_lease(25, 10), 3, 1e-12},
      {"closed loop, 50", loads_closed_loop(50, 0.5, 0.5), 31.97, 0.01},
      {"closed loop, 200", loads_closed_loop(200, 0.2, 1), 37.07, 0.01},
      {"poll, mean 1", poll_mean_wait(0.05, 0.1), 0.1, 1e-9},
      {"poll, mean 2", poll_mean_wait(0.25, 0.1), 0.18, 1e-9},
      {"poll, mean 3", poll_mean_wait(1.03, 0.1), 0.5660, 1e-4},
      {"poll, longest", poll_longest_wait(0.25, 0.1), 0.3, 1e-9},
      {"xfetch, beta 1", xfetch_loads(1, 0.5, 0.5), 2.71828, 1e-5},
      {"xfetch, beta 1.5", xfetch_loads(1.5, 0.5, 0.5), 1.948, 1e-3},
      {"xfetch, LD=1", xfetch_loads_at_rate(2, 1, 0.5, 0.5), 1.7446, 2e-3},
      {"xfetch, LD=10", xfetch_loads_at_rate(20, 1, 0.5, 0.5), 2.7056, 2e-3},
      {"xfetch, LD=10, beta 2", xfetch_loads_at_rate(20, 2, 0.5, 0.5), 1.6487, 2e-3},
      {"xfetch, old delta", xfetch_loads_at_rate(2000, 1, 0.1, 0.5), 135.0, 1},
      {"gap, beta 1", xfetch_gap(400, 1, 0.5), 2.9378, 1e-3},
      {"gap, beta 3", xfetch_gap(400, 3, 0.5), 10.461, 1e-3},
      {"no early refresh", xfetch_none(3, 1, 0.5), 0.2231, 1e-4},
      {"critical delta, T=10", xfetch_critical_delta(1000, 1, 10), 1.29, 0.01},
      {"critical delta, T=60", xfetch_critical_delta(1000, 1, 60), 6.42, 0.01},
      {"critical delta, slow", xfetch_critical_delta(100, 1, 300), 34.4, 0.1},
      {"hit ratio", hit_ratio(10, 1), 0.9091, 1e-4},
      {"hit ratio, zipf 1", hit_ratio(zipf_shares(10'000, 1), 1000, 60), 0.9012, 1e-4},
      {"hit ratio, zipf 0.8", hit_ratio(zipf_shares(100'000, 0.8), 5000, 300), 0.9427, 1e-4},
      {"hit ratio, loading", hit_ratio_loading(100, 0.5, 10), 0.9536, 1e-4},
      {"hit ratio, loading 2", hit_ratio_loading(10, 0.2, 5), 0.9446, 1e-4},
      {"stale age", mean_stale_age(100, 0.5), 0.2551, 1e-4},
      {"cold keys", keys_asked_for(zipf_shares(10'000, 1), 1000, 10), 2813.4, 0.1},
      {"largest second, 10", largest_second(1000, 10), 115.66, 0.01},
      {"largest second, 300", largest_second(10'000, 300), 51.12, 0.01},
      {"largest second, 3600", largest_second(100'000, 3600), 48.59, 0.01},
      {"jittered", loads_jittered(2000, 0.2, 20), 20, 1e-9},
      {"xfetch-lock, beta 1", peak_xfetch_lock(2000, 1), 706, 1},
      {"xfetch-lock, beta 2", peak_xfetch_lock(2000, 2), 364, 1},
      {"jitter for 50 slots", 50 / jitter_needed(50, 1, 50), 32.8, 0.1},
      {"Erlang C", erlang_c(16, 1, 20), 0.2561, 1e-4},
      {"M/M/1", mean_wait_exponential(8, 0.1, 1) * 1, 0.4, 1e-9},
      {"M/D/1", mean_wait_constant(5, 0.1, 1), 0.05, 1e-9},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(c.is == doctest::Approx(c.wanted).scale(0).epsilon(c.tolerance / c.wanted));
  }
}

TEST_CASE("closed forms: the floor is what one load per key and cycle costs") {
  const double one[] = {1.0};
  CHECK(floor_loads(one, 10, 0.5, 60) == doctest::Approx(0.5 / 60.6));
}

}  // namespace rcache::stampede::closed
