#include <doctest/doctest.h>

#include <optional>

#include "stampede/outlook.h"
#include "stampede/strategy.h"

namespace rcache::stampede {
namespace {

using Kind = Objection::Kind;

std::optional<Objection::Kind> objection_to(Strategy strategy, const Scenario& scenario) {
  const auto found = objection(scenario, outlook(scenario), strategy);
  return found ? std::optional(found->kind) : std::nullopt;
}

}  // namespace

TEST_CASE("objection: what a strategy cannot stand") {
  Scenario scenario;
  CHECK(objection_to(Strategy::lock_once, scenario) == Kind::wait_too_short);
  CHECK_FALSE(objection_to(Strategy::redlock, scenario));
  CHECK_FALSE(objection_to(Strategy::xfetch, scenario));
  for (const auto each : all_strategies()) {
    auto fast = scenario;
    fast.load_time.span = 50 * k_millisecond;
    CAPTURE(to_string(each));
    CHECK_FALSE(objection_to(each, fast));
  }
  scenario.load_time.span = 3 * k_second;
  CHECK(objection_to(Strategy::redlock, scenario) == Kind::gives_up);
  // L = 1000, D = 0.7 s, rtt 1 ms: 46 loads per expiry.
  scenario.rate = 1000;
  scenario.rtt = k_millisecond;
  scenario.load_time.span = 700 * k_millisecond;
  CHECK(objection_to(Strategy::redlock, scenario) == Kind::convoy);
  CHECK_FALSE(objection_to(Strategy::redlock_recheck, scenario));
  // D = 6.5 s at L = 1000 and T = 60 s is beyond the critical one.
  scenario.load_time.span = 6500 * k_millisecond;
  CHECK(objection_to(Strategy::xfetch, scenario) == Kind::too_early);
  scenario.load_time = {LoadTime::Kind::exponential, 100 * k_millisecond, 0, 0};
  CHECK(objection_to(Strategy::xfetch, scenario) == Kind::unsteady);
}

TEST_CASE("objection: each limit is where the closed forms have it") {
  Scenario steady;
  steady.rtt = k_millisecond;
  const auto with_load = [&](LoadTime load_time) {
    auto out = steady;
    out.load_time = load_time;
    return out;
  };
  const auto constant = [&](int milliseconds) {
    return with_load({LoadTime::Kind::constant, milliseconds * k_millisecond, 0, 0});
  };
  const auto exponential = [&](int milliseconds) {
    return with_load({LoadTime::Kind::exponential, milliseconds * k_millisecond, 0, 0});
  };
  // Losers wait 75 ms; 1 of 100 exponential loads takes ln(100) times the mean: 73.7 and 78.3 ms.
  CHECK_FALSE(objection_to(Strategy::lock_once, constant(75)));
  CHECK(objection_to(Strategy::lock_once, constant(76)) == Kind::wait_too_short);
  CHECK_FALSE(objection_to(Strategy::lock_once, exponential(16)));
  CHECK(objection_to(Strategy::lock_once, exponential(17)) == Kind::wait_too_short);
  // Redlock, L * D * 2 rtt / (2 - D) with L = 1000: 0.35 and 0.67.
  steady.rate = 1000;
  CHECK_FALSE(objection_to(Strategy::redlock, constant(300)));
  CHECK(objection_to(Strategy::redlock, constant(500)) == Kind::convoy);
  // Without a crowd the load alone counts.
  steady.rate = 1;
  CHECK_FALSE(objection_to(Strategy::redlock, constant(1000)));
  CHECK(objection_to(Strategy::redlock, constant(1001)) == Kind::gives_up);
  CHECK(objection_to(Strategy::redlock_recheck, constant(1001)) == Kind::gives_up);
  // XFetch refreshes 2.9378 s before the expiry: L = 400, D = 0.5 s.
  steady.rate = 400;
  steady.ttl = 5900 * k_millisecond;
  CHECK_FALSE(objection_to(Strategy::xfetch, constant(500)));
  steady.ttl = 5800 * k_millisecond;
  CHECK(objection_to(Strategy::xfetch, constant(500)) == Kind::too_early);
  // With a lock a refresh that comes early is one load, and the capped delta bounds it.
  CHECK_FALSE(objection_to(Strategy::xfetch_lock, constant(500)));
  // Lognormal: sqrt(exp(sigma^2) - 1) of the mean, 0.53 and 0.66.
  steady.ttl = 60 * k_second;
  const Nanos median = 100 * k_millisecond;
  CHECK_FALSE(
      objection_to(Strategy::xfetch, with_load({LoadTime::Kind::lognormal, median, 0, 0.5})));
  CHECK(objection_to(Strategy::xfetch, with_load({LoadTime::Kind::lognormal, median, 0, 0.6})) ==
        Kind::unsteady);
}

}  // namespace rcache::stampede
