#include "stampede/world.h"

#include <algorithm>

#include "stampede/math.h"
#include "stampede/trouble.h"

namespace rcache::stampede {
namespace {

std::uint32_t to_us(Nanos span) {
  return static_cast<std::uint32_t>(std::min<Nanos>(span / k_microsecond, UINT32_MAX));
}

std::uint32_t client_of(std::uint64_t index) {
  return static_cast<std::uint32_t>(index >> 32);
}

}  // namespace

World::World(const Scenario& scenario, Cache cache)
    : scenario_(scenario),
      cache_(cache),
      half_trip_(scenario.rtt / 2),
      stale_(cache == Cache::beyond_expiry ? scenario.stale : 0),
      processes_(scenario.seed, Purpose::process),
      load_times_(scenario.seed, Purpose::load_time),
      jitters_(scenario.seed, Purpose::jitter),
      coins_(scenario.seed, Purpose::coin),
      crashes_(scenario.seed, Purpose::crash),
      backoffs_(scenario.seed, Purpose::backoff),
      thoughts_(scenario.seed, Purpose::think),
      keys_(scenario.seed, Purpose::key),
      half_line_(agenda_.line(half_trip_)),
      round_line_(agenda_.line(2 * half_trip_)),
      database_(scenario.db, scenario.db_slots),
      ledger_(scenario),
      entries_(scenario.keys),
      popularity_(scenario.clients > 0 ? scenario.keys : 1, scenario.zipf),
      client_turns_(scenario.clients) {
  if (scenario.db_timeout > 0) time_out_line_ = agenda_.line(scenario.db_timeout);
  if (scenario.warm) {
    const Stream warm(scenario.seed, Purpose::warm_jitter);
    const auto delta = to_us(from_seconds(mean_seconds(scenario.load_time)));
    const Stream spread(scenario.seed, Purpose::warm_spread);
    const auto* expiries = scenario.first_expiries.get();
    for (std::uint32_t key = 0; key < scenario.keys; ++key) {
      Nanos left = scenario.ttl + jitter(warm, key);
      if (expiries != nullptr) {
        if ((*expiries)[key] <= 0) continue;  // not there, and no stale value either
        left = (*expiries)[key] + jitter(warm, key);
      } else if (key >= scenario.keys_together()) {
        left = static_cast<Nanos>(spread.below_one(key) * static_cast<double>(scenario.ttl));
      }
      entries_[key] = {left + stale_, delta};
    }
  }
  if (scenario.invalidate_every > 0) agenda_.at(scenario.invalidate_every, Stage::invalidate, 0);
  for (std::uint32_t client = 0; client < scenario.clients; ++client)
    pause(0, static_cast<std::uint64_t>(client) << 32);
}

Nanos World::jitter(const Stream& stream, std::uint64_t index) const {
  if (cache_ != Cache::with_jitter && !scenario_.jitter_all) return 0;
  return jitter_of(scenario_, stream.below_one(index));
}

Nanos World::lifetime(const Request& request) const {
  const Nanos ttl =
      request.ttl_ms > 0 ? static_cast<Nanos>(request.ttl_ms) * k_millisecond : scenario_.ttl;
  return ttl + stale_ + jitter(jitters_, request.index);
}

std::uint32_t World::open(const Arrival& arrival, Nanos now, std::uint64_t index, Kind kind) {
  std::uint32_t number = 0;
  if (free_.empty()) {
    number = static_cast<std::uint32_t>(requests_.size());
    requests_.emplace_back();
  } else {
    number = free_.back();
    free_.pop_back();
  }
  ledger_.episodes.expect(arrival.key);
  auto& request = requests_[number];
  request = Request{};
  request.asked = now - half_trip_;
  request.index = index;
  request.key = arrival.key;
  request.ttl_ms = arrival.ttl_ms;
  request.load_us = arrival.load_us;
  request.waited_for = kind == Kind::waited_for;
  request.held = !request.waited_for;
  ++in_flight_;
  peak_in_flight_ = std::max(peak_in_flight_, in_flight_);
  if (in_flight_ > scenario_.max_in_flight && unstable_at_ == k_never) unstable_at_ = now;
  return number;
}

void World::free(std::uint32_t number) {
  free_.push_back(number);
  --in_flight_;
}

void World::let_go(std::uint32_t number) {
  auto& request = requests_[number];
  request.held = false;
  if (!request.waited_for) free(number);
}

void World::answered(Nanos now, std::uint32_t number) {
  auto& request = requests_[number];
  if (!request.waited_for) return;
  request.waited_for = false;
  ledger_.latency.add(now - request.asked);
  if (closed_loop()) pause(now, request.index);
  if (!request.held) free(number);
}

void World::failed(Nanos now, std::uint32_t number) {
  if (requests_[number].waited_for) ++ledger_.errors;
  answered(now, number);
}

void World::start_load(Nanos now, std::uint32_t number) {
  auto& request = requests_[number];
  request.load_started = now;
  Nanos work = request.load_us > 0
                   ? static_cast<Nanos>(request.load_us) * k_microsecond
                   : draw_load_time(scenario_.load_time, load_times_.above_zero(request.index));
  work = work_at(scenario_, now, work);
  ++ledger_.loads;
  if (!request.waited_for) ++ledger_.background_loads;
  const Nanos left = entries_[request.key].expires - stale_ - now;
  const auto need =
      left > 0 && !request.volunteer ? Episodes::Need::not_needed : Episodes::Need::needed;
  if (ledger_.episodes.load_started(request.key, need) && request.volunteer && left > 0) {
    ledger_.gap_sum += static_cast<double>(left);
    ++ledger_.gaps;
  }
  const auto load = database_.start(now, number, work);
  loads_changed(now);
  if (scenario_.db_timeout > 0) agenda_.after(time_out_line_, now, Stage::time_out, load);
}

std::pair<std::uint32_t, World::LoadEnd> World::end_load(Nanos now) {
  const Load load = database_.end_next(now);
  loads_changed(now);
  ledger_.db_wait.add(now - load.started - load.work);
  auto& request = requests_[load.request];
  expect(request.key);  // its SET comes next
  ledger_.episodes.expect(request.key);
  const auto delta = now - load.started;
  request.delta_us = to_us(scenario_.delta_cap > 0 ? std::min(delta, scenario_.delta_cap) : delta);
  const bool refused = is_refused(scenario_, load.started, now);
  const bool dies = scenario_.crash > 0 && crashes_.below_one(request.index) < scenario_.crash;
  if (!refused && !dies) return {load.request, LoadEnd::ok};
  ++ledger_.failed_loads;
  ledger_.episodes.load_ended(request.key);
  return {load.request, dies ? LoadEnd::died : LoadEnd::failed};
}

std::optional<std::uint32_t> World::time_out(Nanos now, std::uint32_t load) {
  const Load entry = database_.load(load);
  if (!entry.open || entry.started + scenario_.db_timeout != now) return std::nullopt;
  database_.give_up(now, load);
  loads_changed(now);
  ledger_.db_wait.add(std::max<Nanos>(0, now - entry.started - entry.work));
  ++ledger_.failed_loads;
  ledger_.episodes.load_ended(requests_[entry.request].key);
  return entry.request;
}

void World::store(Nanos now, std::uint32_t number) {
  const auto& request = requests_[number];
  entries_[request.key] = {now + lifetime(request), request.delta_us};
  ledger_.episodes.filled(request.key);
  ledger_.episodes.load_ended(request.key);
}

void World::refuse_store(std::uint32_t number) {
  ledger_.episodes.load_ended(requests_[number].key);
}

void World::invalidate_all() {
  for (auto& entry : entries_) entry.expires = 0;
}

void World::pause(Nanos now, std::uint64_t index) {
  const double mean = static_cast<double>(scenario_.think);
  const auto span = static_cast<Nanos>(-log_of(thoughts_.above_zero(index)) * mean + 0.5);
  agenda_.at(now + span + half_trip_, Stage::ask, client_of(index));
}

std::pair<Arrival, std::uint64_t> World::next_of_client(Nanos now, std::uint32_t client) {
  const std::uint64_t index = (static_cast<std::uint64_t>(client) << 32) | ++client_turns_[client];
  Arrival arrival;
  arrival.at = now - half_trip_;
  arrival.key = popularity_.draw(keys_.bits(index));
  return {arrival, index};
}

StrategyReport World::finish(Nanos end) {
  std::uint64_t unfinished = 0;
  for (const auto& request : requests_) {
    if (!request.waited_for) continue;
    ++unfinished;
    ledger_.latency.add(std::max<Nanos>(0, end - request.asked));
  }
  const auto waited = ledger_.latency.count();
  auto report = ledger_.report(end, 2 * half_trip_);
  report.waited = waited;
  report.unfinished = unfinished;
  report.peak_waiting = peak_in_flight_;
  if (unstable()) {
    report.unstable_at_seconds = seconds(unstable_at_);
    report.keeps_within_slots = false;
  }
  return report;
}

}  // namespace rcache::stampede
