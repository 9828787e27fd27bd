#include "commands/stampede/live/experiment.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/stampede/live/traffic.h"
#include "core/units.h"
#include "redis/refusal.h"

namespace rcache::stampede::live {
namespace {

constexpr Nanos k_warm_up_ttl = 300 * k_millisecond;
constexpr Nanos k_longest_warm_up_load = k_second;
constexpr Nanos k_warm_up_slack = 100 * k_millisecond;
constexpr std::size_t k_keys_per_unlink = 500;
constexpr Nanos k_longest_lock = 30 * k_second;

/// The cycle that is thrown away: nothing goes wrong in it, and it is short.
Scenario warm_up_of(Scenario scenario) {
  const auto load = from_seconds(mean_seconds(scenario.load_time));
  scenario.ttl = std::min(scenario.ttl, k_warm_up_ttl);
  scenario.jitter_all = false;
  scenario.jitter = 0;
  scenario.whole_seconds = false;
  scenario.warm = true;
  scenario.crash = 0;
  scenario.slow_at.reset();
  scenario.down_at.reset();
  scenario.invalidate_every = 0;
  scenario.duration = scenario.ttl + std::min(load, k_longest_warm_up_load) + k_warm_up_slack;
  return scenario;
}

/// Ends the run under way when somebody wants everything to end.
class StopOnWish {
 public:
  StopOnWish(Interrupt& interrupt, std::weak_ptr<Run> run)
      : interrupt_(interrupt), token_(interrupt.listen_early([run = std::move(run)] {
          if (const auto alive = run.lock()) alive->fail({ErrorKind::interrupted, "interrupted"});
        })) {}
  ~StopOnWish() { interrupt_.ignore(token_); }
  StopOnWish(const StopOnWish&) = delete;
  StopOnWish& operator=(const StopOnWish&) = delete;

 private:
  Interrupt& interrupt_;
  Interrupt::Token token_;
};

asio::awaitable<Result<Measured>> run_once(Interrupt& interrupt, std::shared_ptr<const Bed> bed,
                                           Scenario scenario, Strategy strategy) {
  Setup setup{std::move(scenario), strategy,     bed->names,
              bed->connections,    bed->scripts, to_string(bed->node.address)};
  const auto executor = co_await asio::this_coro::executor;
  const auto run = std::make_shared<Run>(executor, std::move(setup));
  const StopOnWish stop(interrupt, run);
  if (interrupt.requested()) co_return fail(ErrorKind::interrupted, "interrupted");
  run->start();
  if (run->scenario().warm) {
    if (auto filled = co_await fill_cache(run); !filled) co_return fail(std::move(filled).error());
  }
  co_await let_them_ask(run, run->scenario().duration);
  Measured measured;
  if (!run->over()) {
    measured.report = run->report();
    measured.round_trip = run->round_trips().at(0.5);
    measured.lateness = run->lateness().at(0.99);
  }
  run->stop();
  // No command of ours may come after the UNLINK: it would leave a key behind.
  co_await run->drain();
  if (run->failure()) co_return fail(*run->failure());
  co_return measured;
}

Result<Measured> with_leftovers(Result<Measured> measured, const Result<void>& removed,
                                const Bed& bed, const Scenario& scenario) {
  if (removed) return measured;
  const auto life = format_seconds(seconds(longest_ttl(scenario)));
  const auto left =
      fmt::format("keys under {} could not be removed: they expire by themselves within {}",
                  bed.names.prefix(), life);
  if (measured) return fail(ErrorKind::incomplete, left, removed.error().message);
  auto error = std::move(measured).error();
  error.hint = left;
  return fail(std::move(error));
}

}  // namespace

Nanos planned_span(const Scenario& scenario) {
  return warm_up_of(scenario).duration + scenario.duration;
}

Nanos longest_ttl(const Scenario& scenario) {
  const Nanos value = scenario.ttl + scenario.stale + scenario.jitter_or_default();
  return std::max(value, scenario.lock_ttl.value_or(k_longest_lock));
}

asio::awaitable<Result<Measured>> measure(Interrupt& interrupt, std::shared_ptr<const Bed> bed,
                                          Scenario scenario, Strategy strategy) {
  auto measured = co_await run_once(interrupt, bed, warm_up_of(scenario), strategy);
  auto removed = co_await remove_keys(bed, bed->names.all(strategy, scenario.keys));
  if (measured && removed) {
    measured = co_await run_once(interrupt, bed, scenario, strategy);
    removed = co_await remove_keys(bed, bed->names.all(strategy, scenario.keys));
  }
  co_return with_leftovers(std::move(measured), removed, *bed, scenario);
}

asio::awaitable<Result<void>> remove_keys(std::shared_ptr<const Bed> bed,
                                          std::vector<std::string> names) {
  bool again = false;
  for (std::size_t at = 0; at < names.size();) {
    const auto end = std::min(names.size(), at + k_keys_per_unlink);
    redis::Args words{"UNLINK"};
    words.insert(words.end(), names.begin() + static_cast<std::ptrdiff_t>(at),
                 names.begin() + static_cast<std::ptrdiff_t>(end));
    const auto reply = co_await bed->servers->send_to_owner(names[at], std::move(words));
    if (reply && reply->error() == nullptr) {
      at = end;
      continue;
    }
    if (reply) co_return fail(redis::refusal(to_string(bed->node.address), *reply->error()));
    if (again || reply.error().kind != ErrorKind::connect) co_return fail(reply.error());
    // The connection is gone, perhaps not the server.
    again = true;
    if (auto refreshed = co_await bed->servers->refresh(); !refreshed)
      co_return fail(std::move(refreshed).error());
  }
  co_return Result<void>();
}

}  // namespace rcache::stampede::live
