#include "commands/stampede/live/laboratory.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "commands/stampede/live/admission.h"
#include "core/key.h"
#include "redis/worker.h"
#include "stampede/simulate.h"

namespace rcache::stampede::live {
namespace {

constexpr std::uint32_t k_seeds = 5;
/// The simulator's share of the waiting stays below a few seconds.
constexpr double k_most_simulated_requests = 20e6;

std::uint32_t seeds_for(const Scenario& scenario) {
  const double rate = scenario.clients > 0
                          ? static_cast<double>(scenario.clients) / seconds(scenario.think)
                          : scenario.rate;
  const double affordable = k_most_simulated_requests / (rate * seconds(scenario.duration) + 1);
  return static_cast<std::uint32_t>(std::clamp(affordable, 1.0, static_cast<double>(k_seeds)));
}

/// What the simulator says of the same run, on a thread of its own, so that a signal is heard.
asio::awaitable<Expectation> expect(Context& context, Scenario scenario, Strategy strategy) {
  std::atomic<bool> stop{false};
  const auto token = context.interrupt.listen_early([&stop] { stop = true; });
  Job job;
  job.scenario = std::move(scenario);
  job.strategies.push_back(strategy);
  job.runs = seeds_for(job.scenario);
  job.stop = &stop;
  const auto source = generated_arrivals(job.scenario);
  redis::Worker worker;
  std::function<Report()> work = [&job, &source] { return simulate(job, source); };
  const auto report = co_await worker.run(std::move(work));
  context.interrupt.ignore(token);
  const auto& row = report.strategies.front();
  co_return Expectation{row.peak_range, row.loads_range, row.p999_range};
}

LiveFacts facts_of(const Bed& bed) {
  LiveFacts facts;
  facts.server = fmt::format("{} {} at {}", printable(bed.node.identity.flavor),
                             printable(bed.node.identity.version), to_string(bed.node.address));
  facts.connections = static_cast<std::uint32_t>(bed.connections.size());
  return facts;
}

/// What ended a run that had begun: it is not done, whatever it was.
Error cut_short(Error error) {
  if (error.kind != ErrorKind::interrupted && error.kind != ErrorKind::bug)
    error.kind = ErrorKind::incomplete;
  return error;
}

/// All strategies, as far as it goes.
asio::awaitable<Findings> measure_all(Context& context, std::shared_ptr<const Bed> bed,
                                      Order order) {
  Findings findings;
  auto& report = findings.report;
  report.mode = Report::Mode::live;
  report.scenario = order.scenario;
  report.simulated_seconds = seconds(order.scenario.duration);
  report.live = facts_of(*bed);
  Histogram trips;
  Nanos lateness = 0;
  for (const auto strategy : order.strategies) {
    const auto number = report.strategies.size() + 1;
    context.output.progress(fmt::format("{} ({} of {}) against {}", to_string(strategy), number,
                                        order.strategies.size(), report.live->server));
    auto measured = co_await measure(context.interrupt, bed, order.scenario, strategy);
    if (!measured) {
      findings.failure = cut_short(std::move(measured).error());
      break;
    }
    trips.add(measured->round_trip);
    lateness = std::max(lateness, measured->lateness);
    Scenario same = order.scenario;
    same.rtt = measured->round_trip;
    measured->report.expected = co_await expect(context, std::move(same), strategy);
    report.strategies.push_back(std::move(measured->report));
    if (context.interrupt.requested()) {
      findings.failure = Error{ErrorKind::interrupted, "interrupted"};
      break;
    }
  }
  context.output.progress("");
  report.scenario.rtt = trips.at(0.5);
  report.live->late_seconds = seconds(lateness);
  report.live->complete = report.strategies.size() == order.strategies.size();
  if (report.live->complete) findings.failure.reset();
  rank(report);
  co_return findings;
}

}  // namespace

asio::awaitable<Result<Findings>> examine(Context& context, Order order) {
  if (auto fit = check_bounds(order.scenario, order.strategies.size(), order.max_time); !fit)
    co_return fail(std::move(fit).error());
  order.scenario.max_in_flight = std::min(order.scenario.max_in_flight, k_most_clients);
  // The first signal ends the run, and leaves time to remove its keys.
  const Interrupt::Grace grace(context.interrupt);
  auto bed = co_await prepare(context, order.scenario, order.strategies, order.yes, order.random);
  if (!bed) co_return fail(std::move(bed).error());
  auto findings = co_await measure_all(context, *bed, order);
  std::vector<std::string> marker{(*bed)->names.marker()};
  const auto removed = co_await remove_keys(*bed, std::move(marker));
  if (!removed && !findings.failure) {
    findings.failure =
        Error{ErrorKind::incomplete,
              fmt::format("{} could not be removed: it expires by itself", (*bed)->names.marker()),
              removed.error().message};
  }
  co_return findings;
}

}  // namespace rcache::stampede::live
