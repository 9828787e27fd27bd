#include "commands/stampede/live/bench.h"

#include <algorithm>

#include "stampede/trouble.h"

namespace rcache::stampede::live {
namespace {

/// A server counts in whole milliseconds: a key may go a little before we reckon.
constexpr Nanos k_grain = 2 * k_millisecond;

}  // namespace

Bench::Bench(const Scenario& scenario, Strategy strategy)
    : scenario_(scenario),
      jitters_(strategy == Strategy::jitter || scenario.jitter_all),
      load_times_(scenario.seed, Purpose::load_time),
      jitters_stream_(scenario.seed, Purpose::jitter),
      warm_jitters_(scenario.seed, Purpose::warm_jitter),
      crashes_(scenario.seed, Purpose::crash),
      database_(scenario.db, scenario.db_slots),
      ledger_(scenario_),
      fresh_until_(scenario.keys) {}

Nanos Bench::next_due() const {
  // A deadline of a load that has ended is due as well; it does nothing.
  const Nanos timeout = deadlines_.empty() ? k_never : deadlines_.front().at;
  return std::min(database_.next_end(), timeout);
}

void Bench::end_due(Nanos now, const Tell& tell) {
  while (next_due() <= now) {
    if (!deadlines_.empty() && deadlines_.front().at < database_.next_end()) {
      const auto deadline = deadlines_.front();
      deadlines_.pop();
      time_out(deadline, tell);
    } else {
      end_next(database_.next_end(), tell);
    }
  }
}

std::uint32_t Bench::start_load(Nanos now, const LoadStart& load) {
  std::uint32_t ticket = 0;
  if (free_.empty()) {
    ticket = static_cast<std::uint32_t>(tickets_.size());
    tickets_.emplace_back();
  } else {
    ticket = free_.back();
    free_.pop_back();
  }
  tickets_[ticket] = {load, now};
  const Nanos alone = draw_load_time(scenario_.load_time, load_times_.above_zero(load.index));
  const Nanos work = work_at(scenario_, now, alone);
  ++ledger_.loads;
  if (load.background) ++ledger_.background_loads;
  const Nanos left = fresh_until_[load.key] - now;
  const auto need =
      left > k_grain && !load.volunteer ? Episodes::Need::not_needed : Episodes::Need::needed;
  if (ledger_.episodes.load_started(load.key, need) && load.volunteer && left > 0) {
    ledger_.gap_sum += static_cast<double>(left);
    ++ledger_.gaps;
  }
  const auto number = database_.start(now, ticket, work);
  loads_changed(now);
  if (scenario_.db_timeout > 0) deadlines_.push({now + scenario_.db_timeout, number});
  return ticket;
}

void Bench::end_next(Nanos now, const Tell& tell) {
  const Load load = database_.end_next(now);
  loads_changed(now);
  ledger_.db_wait.add(std::max<Nanos>(0, now - load.started - load.work));
  const auto& what = tickets_[load.request].load;
  const bool down = is_refused(scenario_, load.started, now);
  const bool dies = scenario_.crash > 0 && crashes_.below_one(what.index) < scenario_.crash;
  if (down || dies) {
    ++ledger_.failed_loads;
    ledger_.episodes.load_ended(what.key);
  }
  free_.push_back(load.request);
  tell(load.request, dies ? LoadEnd::died : down ? LoadEnd::failed : LoadEnd::ok);
}

void Bench::time_out(const Deadline& deadline, const Tell& tell) {
  const Load load = database_.load(deadline.load);
  if (!load.open || load.started + scenario_.db_timeout != deadline.at) return;
  database_.give_up(deadline.at, deadline.load);
  loads_changed(deadline.at);
  ledger_.db_wait.add(std::max<Nanos>(0, deadline.at - load.started - load.work));
  ++ledger_.failed_loads;
  ledger_.episodes.load_ended(tickets_[load.request].load.key);
  free_.push_back(load.request);
  tell(load.request, LoadEnd::failed);
}

void Bench::stored(Nanos sent, std::uint32_t key, Nanos fresh_for) {
  // The server keeps it from a little later on: who misses it really found nothing.
  fresh_until_[key] = sent + fresh_for;
  ledger_.episodes.filled(key);
  ledger_.episodes.load_ended(key);
}

void Bench::invalidated_all(Nanos now) {
  invalidated_at_ = now;
  std::fill(fresh_until_.begin(), fresh_until_.end(), 0);
}

Nanos Bench::jitter(double uniform) const {
  return jitters_ ? jitter_of(scenario_, uniform) : 0;
}

Nanos Bench::fresh_for(std::uint64_t index) const {
  return scenario_.ttl + jitter(jitters_stream_.below_one(index));
}

Nanos Bench::fresh_from_start(std::uint32_t key) const {
  return scenario_.ttl + jitter(warm_jitters_.below_one(key));
}

}  // namespace rcache::stampede::live
