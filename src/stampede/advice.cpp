#include "stampede/advice.h"

#include <algorithm>
#include <tuple>

#include "stampede/closed_forms.h"
#include "stampede/zipf.h"

namespace rcache::stampede {
namespace {

using Setting = Change::Setting;

constexpr double k_most_requests = 4e6;  // of one strategy and run
constexpr double k_times = 2;            // that all keys expire, when that is cheap enough
constexpr double k_least_times = 1.25;   // and when it is not
constexpr int k_wider_jitters = 3;       // tries, each half as much again
constexpr int k_longer_ttls = 6;         // tries, each twice as long

bool has_lock(Strategy strategy) {
  switch (strategy) {
    case Strategy::lock_retry:
    case Strategy::lock_once:
    case Strategy::redlock:
    case Strategy::redlock_recheck:
    case Strategy::xfetch_lock:
    case Strategy::swr_lock:
    case Strategy::lease:
      return true;
    default:
      return false;
  }
}

bool is_xfetch(Strategy strategy) {
  return strategy == Strategy::xfetch || strategy == Strategy::xfetch_lock;
}

bool reads_ttl(Strategy strategy) {
  return is_xfetch(strategy) || strategy == Strategy::xfetch_nodelta;
}

/// How much there is to do for it: 0 nothing, 1 a line where the TTL is set, 2 inside the
/// application, 3 a lock in Redis, 4 values that carry more than the value.
int effort(Strategy strategy) {
  switch (strategy) {
    case Strategy::none:
      return 0;
    case Strategy::jitter:
      return 1;
    case Strategy::mutex:
      return 2;
    case Strategy::lock_retry:
    case Strategy::lock_once:
    case Strategy::redlock:
    case Strategy::redlock_recheck:
    case Strategy::lease:
      return 3;
    default:
      return 4;
  }
}

/// Those of the changes that matter to a strategy.
std::vector<Change> relevant(const std::vector<Change>& changes, Strategy strategy) {
  const bool jittered = std::any_of(changes.begin(), changes.end(), [](const Change& each) {
    return each.setting == Setting::jitter;
  });
  std::vector<Change> out;
  for (const auto& each : changes) {
    if (each.setting == Setting::lock_ttl && !has_lock(strategy)) continue;
    if (each.setting == Setting::delta_cap && !is_xfetch(strategy)) continue;
    if (each.setting == Setting::milliseconds && !jittered && !reads_ttl(strategy)) continue;
    out.push_back(each);
  }
  return out;
}

/// Those that an unlikely case is worth trying with; all when none of them may be.
std::vector<Strategy> best_guarded(std::vector<Strategy> strategies) {
  auto out = strategies;
  std::erase_if(out, [](Strategy each) {
    return each != Strategy::jitter && each != Strategy::lock_retry &&
           each != Strategy::xfetch_lock && each != Strategy::swr_lock;
  });
  return out.empty() ? strategies : out;
}

double requests_per_second(const Scenario& scenario) {
  return scenario.clients > 0 ? scenario.clients / seconds(scenario.think) : scenario.rate;
}

/// Long enough that all keys have expired, with all their jitter: `times` times.
Nanos long_enough(const Scenario& scenario, Nanos jitter, double longest_load, double times) {
  return from_seconds(times * seconds(scenario.ttl + jitter) + 20 * longest_load);
}

class Adviser {
 public:
  Adviser(const AdviceJob& job, const SourceOf& source) : job_(job), source_(source) {
    advice_.scenario = job.scenario;
    advice_.runs = job.runs;
    advice_.outlook = outlook(job.scenario, job.observed);
    base_ = job.scenario;
    fit();
    advice_.proof_ttl = base_.ttl;
    advice_.proof_duration = base_.duration;
  }

  Advice advise() {
    set_what_is_safe();
    search();
    if (!advice_.feasible() && !stopped()) remedies();
    sort();
    return std::move(advice_);
  }

 private:
  const Outlook& seen() const { return advice_.outlook; }
  bool stopped() const { return job_.stop != nullptr && *job_.stop; }

  Nanos long_span(double times) const {
    const auto jitter = std::max(seen().herd_jitter.value_or(0), seen().jitter.value_or(0));
    return long_enough(base_, std::min(jitter, base_.ttl), seen().longest_seconds, times);
  }

  /// Makes the run long enough, and short enough to be simulated: a shorter TTL brings the same
  /// expiries more often, as long as the load in between stays small.
  void fit() {
    if (job_.keep_duration) return;
    base_.duration = std::max(base_.duration, long_span(k_times));
    const double rate = requests_per_second(base_);
    if (seconds(base_.duration) * rate <= k_most_requests || base_.clients > 0) return;
    const auto shares = zipf_shares(base_.keys, base_.zipf);
    const auto small_floor = [&](const Scenario& scenario) {
      return closed::floor_loads(shares, rate, seen().load_seconds, seconds(scenario.ttl)) <
             scenario.db_slots / 4.0;
    };
    const double gap = closed::xfetch_gap(seen().key_rate, base_.beta, seen().load_seconds);
    const Nanos least =
        std::max({from_seconds(100 * seen().longest_seconds), from_seconds(std::max(0.0, 20 * gap)),
                  4 * seen().herd_jitter.value_or(0), k_second});
    Scenario tried = base_;
    while (tried.ttl / 2 >= least &&
           seconds(long_enough(tried, 0, 0, k_times)) * rate > k_most_requests) {
      tried.ttl /= 2;
      if (!small_floor(tried)) break;
      base_.ttl = tried.ttl;
    }
    // What goes wrong at a moment must not be cut off.
    Nanos least_duration = 0;
    if (base_.slow_at) least_duration = *base_.slow_at + 2 * base_.ttl;
    if (base_.down_at) least_duration = *base_.down_at + base_.down_for + 2 * base_.ttl;
    const bool small = seconds(long_span(k_times)) * rate <= k_most_requests;
    base_.duration = std::max(long_span(small ? k_times : k_least_times), least_duration);
  }

  void search() {
    today();
    if (seen().least_ttl) return;  // no strategy can
    // With so many keys at one moment nothing but jitter helps, and an overload takes long to
    // simulate.
    if (seen().keys_together <= 2.0 * base_.db_slots) try_all(without(Strategy::none), settings_);
    try_jitter();
  }

  /// What costs nothing and is right under every strategy.
  void set_what_is_safe() {
    if (!base_.lock_ttl || seconds(*base_.lock_ttl) < 2 * seen().longest_seconds)
      settings_.push_back({Setting::lock_ttl, seen().lock_ttl, 0});
    if (base_.delta_cap == 0 || base_.delta_cap > seen().delta_cap)
      settings_.push_back({Setting::delta_cap, seen().delta_cap, 0});
    if (base_.whole_seconds) settings_.push_back({Setting::milliseconds, 0, 0});
  }

  Report compare(const std::vector<Strategy>& strategies, const Scenario& scenario,
                 std::uint32_t runs) const {
    Job job;
    job.scenario = scenario;
    job.strategies = strategies;
    job.runs = runs;
    job.threads = job_.threads;
    job.stop = job_.stop;
    return simulate(job, source_(scenario));
  }

  /// All of them with the first seed, and with every seed those that it does not rule out: an
  /// overload is what takes long to simulate.
  std::vector<StrategyReport> judge(const std::vector<Strategy>& strategies,
                                    const Scenario& scenario) const {
    auto rows = compare(strategies, scenario, 1).strategies;
    std::vector<Strategy> left;
    for (const auto& row : rows)
      if (row.keeps_within_slots) left.push_back(row.strategy);
    if (left.empty() || job_.runs == 1 || stopped()) return rows;
    std::erase_if(rows, [](const StrategyReport& row) { return row.keeps_within_slots; });
    auto proved = compare(left, scenario, job_.runs);
    std::move(proved.strategies.begin(), proved.strategies.end(), std::back_inserter(rows));
    return rows;
  }

  void today() {
    advice_.today = std::move(judge({Strategy::none}, base_).front());
    const auto& all = job_.strategies;
    if (std::find(all.begin(), all.end(), Strategy::none) == all.end()) return;
    if (advice_.today.keeps_within_slots) advice_.recommendations.push_back({{}, advice_.today});
  }

  /// Those that are still to be tried.
  std::vector<Strategy> without(Strategy left_out) const {
    std::vector<Strategy> out;
    for (const auto each : job_.strategies) {
      const bool done =
          std::any_of(advice_.recommendations.begin(), advice_.recommendations.end(),
                      [&](const Proof& proof) { return proof.result.strategy == each; });
      const bool refused = std::any_of(
          advice_.refusals.begin(), advice_.refusals.end(), [&](const Refusal& refusal) {
            return refusal.result.strategy == each && refusal.objection;
          });
      if (each != left_out && !done && !refused) out.push_back(each);
    }
    return out;
  }

  /// Out: true when something was proved.
  bool try_all(const std::vector<Strategy>& strategies, const std::vector<Change>& changes) {
    if (strategies.empty() || stopped()) return false;
    bool proved = false;
    for (auto& row : judge(strategies, with(base_, changes))) {
      if (!row.keeps_within_slots) {
        note_failure(std::move(row));
        continue;
      }
      forget_failure(row.strategy);
      if (auto doubt = objection(advice_.scenario, seen(), row.strategy)) {
        advice_.refusals.push_back({std::move(row), doubt});
        continue;
      }
      proved = true;
      auto own = relevant(changes, row.strategy);
      advice_.recommendations.push_back({std::move(own), std::move(row)});
    }
    return proved;
  }

  void forget_failure(Strategy strategy) {
    std::erase_if(advice_.refusals,
                  [&](const Refusal& each) { return each.result.strategy == strategy; });
  }

  /// The better of two failures is kept.
  void note_failure(StrategyReport row) {
    for (auto& each : advice_.refusals) {
      if (each.result.strategy != row.strategy) continue;
      if (better(row, each.result)) each.result = std::move(row);
      return;
    }
    advice_.refusals.push_back({std::move(row), std::nullopt});
  }

  std::vector<Change> jittered(Nanos jitter) const {
    auto changes = settings_;
    changes.push_back({Setting::jitter, jitter, 0});
    return changes;
  }

  void try_jitter() {
    if (!seen().jitter) return;
    auto own = *seen().jitter;
    auto herd = *seen().herd_jitter;
    for (int attempt = 0; attempt <= k_wider_jitters; ++attempt) {
      const auto most = base_.ttl;
      // Without a guard each miss loads; `jitter` and `none` with jitter are the same.
      try_all(only({Strategy::jitter}), jittered(std::min(herd, most)));
      const bool proved = try_all(without_jitter(), jittered(std::min(own, most)));
      if (proved || own >= most) return;
      own = round_up(1.5 * seconds(own));
      herd = round_up(1.5 * seconds(herd));
    }
  }

  std::vector<Strategy> only(std::initializer_list<Strategy> wanted) const {
    auto left = without(Strategy::none);
    std::erase_if(left, [&](Strategy each) {
      return std::find(wanted.begin(), wanted.end(), each) == wanted.end();
    });
    return left;
  }
  std::vector<Strategy> without_jitter() const {
    auto left = without(Strategy::none);
    std::erase(left, Strategy::jitter);
    return left;
  }

  /// No strategy alone: what else would have to change.
  void remedies() {
    std::vector<Change> changes;
    if (!base_.warm) {
      changes.push_back({Setting::warm, 0, 0});
      try_remedy(changes);
    }
    // Keys can be spread over one TTL only.
    Nanos ttl = std::max(
        {2 * advice_.scenario.ttl, seen().least_ttl.value_or(0), seen().jitter.value_or(0)});
    const int attempts = job_.own_ttls ? 0 : k_longer_ttls;
    for (int attempt = 0; attempt < attempts && advice_.remedies.empty(); ++attempt) {
      auto longer = changes;
      longer.push_back({Setting::ttl, ttl, 0});
      try_remedy(longer);
      ttl *= 2;
    }
    std::uint32_t slots = 0;
    for (const auto& each : advice_.refusals) {
      if (each.objection || each.result.unstable_at_seconds) continue;
      const auto peak = static_cast<std::uint32_t>(each.result.peak_range.high);
      slots = slots == 0 ? peak : std::min(slots, peak);
    }
    for (const auto& each : advice_.refusals) {
      if (slots > 0 && each.result.peak_range.high == slots && !each.result.unstable_at_seconds) {
        auto more = relevant(settings_, each.result.strategy);
        more.insert(more.begin(), {Setting::slots, 0, slots});
        advice_.remedies.push_back({std::move(more), each.result});
        break;
      }
    }
  }

  /// The whole search again, with these changes made.
  void try_remedy(const std::vector<Change>& changes) {
    if (stopped()) return;
    AdviceJob job = job_;
    job.scenario = with(advice_.scenario, changes);
    job.keep_duration = job_.own_ttls;
    job.strategies = best_guarded(job_.strategies);
    Adviser inner(job, source_);
    inner.set_what_is_safe();
    inner.search();
    inner.sort();
    auto& found = inner.advice_.recommendations;
    if (found.empty()) return;
    const auto* best = inner.advice_.safest();
    auto proof = best != nullptr ? *best : found.front();
    proof.changes.insert(proof.changes.begin(), changes.begin(), changes.end());
    advice_.remedies.push_back(std::move(proof));
  }

  void sort() {
    const auto order = [](const Proof& proof) {
      const bool jitter =
          std::any_of(proof.changes.begin(), proof.changes.end(),
                      [](const Change& each) { return each.setting == Setting::jitter; });
      const auto strategy = proof.result.strategy;
      return std::tuple(jitter && strategy != Strategy::jitter, effort(strategy));
    };
    std::stable_sort(advice_.recommendations.begin(), advice_.recommendations.end(),
                     [&](const Proof& a, const Proof& b) {
                       if (order(a) != order(b)) return order(a) < order(b);
                       return better(a.result, b.result);
                     });
    std::stable_sort(advice_.refusals.begin(), advice_.refusals.end(),
                     [](const Refusal& a, const Refusal& b) { return better(a.result, b.result); });
  }

  const AdviceJob& job_;
  const SourceOf& source_;
  Advice advice_;
  Scenario base_;
  std::vector<Change> settings_;
};

}  // namespace

Scenario with(Scenario scenario, std::span<const Change> changes) {
  for (const auto& each : changes) {
    switch (each.setting) {
      case Setting::jitter:
        scenario.jitter = each.span;
        scenario.jitter_all = true;
        break;
      case Setting::lock_ttl:
        scenario.lock_ttl = each.span;
        break;
      case Setting::delta_cap:
        scenario.delta_cap = each.span;
        break;
      case Setting::milliseconds:
        scenario.whole_seconds = false;
        break;
      case Setting::warm:
        scenario.warm = true;
        break;
      case Setting::ttl:
        scenario.ttl = each.span;
        break;
      case Setting::slots:
        scenario.db_slots = each.slots;
        break;
    }
  }
  return scenario;
}

const Proof* Advice::safest() const {
  const Proof* best = nullptr;
  for (const auto& each : recommendations) {
    const auto strategy = each.result.strategy;
    // One load for each key in all processes, whatever the load time does, and nobody waits.
    if (strategy != Strategy::swr_lock && strategy != Strategy::xfetch_lock) continue;
    if (best == nullptr || better(each.result, best->result)) best = &each;
  }
  return best;
}

Advice advise(const AdviceJob& job, const SourceOf& source) {
  return Adviser(job, source).advise();
}

}  // namespace rcache::stampede
