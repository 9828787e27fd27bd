#include "commands/stampede/advise/trace.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace rcache::stampede {
namespace {

/// The part of all reads that each key gets.
std::vector<double> shares_of(const std::vector<Arrival>& arrivals, std::uint32_t keys) {
  std::vector<double> out(keys);
  double reads = 0;
  for (const auto& each : arrivals) {
    if (each.kind != Arrival::Kind::get) continue;
    ++out[each.key];
    ++reads;
  }
  // A key that is removed only still has a place, and a closed form divides by its rate.
  constexpr double k_hardly = 1e-3;
  for (auto& share : out) share = std::max(share, k_hardly) / std::max(reads, 1.0);
  return out;
}

/// What is known of each key: the TTL that it was given last, and how long its loads take.
void observe_keys(const std::vector<Arrival>& arrivals, const Scenario& scenario,
                  Observed& observed) {
  observed.ttls.assign(scenario.keys, seconds(scenario.ttl));
  observed.loads.assign(scenario.keys, 0);
  std::vector<double> loads(scenario.keys);
  for (const auto& each : arrivals) {
    if (each.kind != Arrival::Kind::get) continue;
    if (each.ttl_ms != 0) observed.ttls[each.key] = seconds(each.ttl_ms * k_millisecond);
    if (each.load_us == 0) continue;
    observed.loads[each.key] += seconds(each.load_us * k_microsecond);
    ++loads[each.key];
  }
  const double usual = mean_seconds(scenario.load_time);
  for (std::uint32_t key = 0; key < scenario.keys; ++key)
    observed.loads[key] = loads[key] > 0 ? observed.loads[key] / loads[key] : usual;
}

/// The TTL in the middle of all reads; empty when the trace does not know that of each.
std::optional<Nanos> median_ttl(const std::vector<Arrival>& arrivals) {
  std::vector<std::uint32_t> ttls;
  for (const auto& each : arrivals) {
    if (each.kind != Arrival::Kind::get) continue;
    if (each.ttl_ms == 0) return std::nullopt;
    ttls.push_back(each.ttl_ms);
  }
  if (ttls.empty()) return std::nullopt;
  const auto middle = ttls.begin() + static_cast<std::ptrdiff_t>(ttls.size() / 2);
  std::nth_element(ttls.begin(), middle, ttls.end());
  return *middle * k_millisecond;
}

}  // namespace

Result<Advice> advise_on_trace(TraceJob& job) {
  auto read = trace::read_trace(job.path, std::move(job.reading));
  if (!read) return fail(std::move(read).error());
  auto& scenario = job.advice.scenario;
  auto prepared = prepare(std::move(*read), job.how, scenario);
  if (!prepared) return fail(std::move(prepared).error());
  if (auto checked = check(scenario); !checked) return fail(std::move(checked).error());
  job.advice.keep_duration = true;
  job.advice.own_ttls = true;
  job.advice.observed.shares = shares_of(*prepared->arrivals, scenario.keys);
  if (prepared->facts.loads && !job.how.load_time_given) {
    scenario.load_time = load_time_of(*prepared->facts.loads);
    job.advice.observed.longest_load = prepared->facts.loads->max_seconds;
  }
  // The reads bring theirs; this one is for the closed forms.
  if (const auto ttl = median_ttl(*prepared->arrivals)) scenario.ttl = *ttl;
  observe_keys(*prepared->arrivals, scenario, job.advice.observed);
  const auto arrivals = prepared->arrivals;
  const SourceOf source = [arrivals](const Scenario&) -> ArrivalSource {
    return [arrivals](std::uint64_t) { return std::make_unique<RecordedArrivals>(arrivals); };
  };
  auto advice = advise(job.advice, source);
  advice.recorded = std::move(prepared->facts);
  advice.recorded->name = job.path == "-" ? "stdin" : job.path;
  return advice;
}

}  // namespace rcache::stampede
