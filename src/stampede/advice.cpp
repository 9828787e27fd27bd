#include "stampede/advice.h"

#include <algorithm>
#include <tuple>

#include "stampede/provable.h"

namespace rcache::stampede {
namespace {

using Setting = Change::Setting;

constexpr int k_wider_jitters = 3;  // tries, each half as much again
constexpr int k_longer_ttls = 6;    // tries, each twice as long

/// Those that an unlikely case is worth trying with; all when none of them may be.
std::vector<Strategy> best_guarded(std::vector<Strategy> strategies) {
  auto out = strategies;
  std::erase_if(out, [](Strategy each) {
    return each != Strategy::jitter && each != Strategy::lock_retry &&
           each != Strategy::xfetch_lock && each != Strategy::swr_lock;
  });
  return out.empty() ? strategies : out;
}

class Adviser {
 public:
  Adviser(const AdviceJob& job, const SourceOf& source) : job_(job), source_(source) {
    advice_.scenario = job.scenario;
    advice_.runs = job.runs;
    advice_.outlook = outlook(job.scenario, job.observed);
    if (job.least_jitter > 0) spread_at_least(job.least_jitter);
    base_ = job.keep_duration ? job.scenario : provable(job.scenario, advice_.outlook);
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

  void search() {
    today();
    if (seen().least_ttl) return;  // no strategy can
    // With so many keys at one moment nothing but jitter helps, and an overload takes long to
    // simulate.
    if (seen().keys_together <= 2.0 * base_.db_slots && !unseen_cliff())
      try_all(without(Strategy::none), settings_);
    try_jitter();
  }

  void spread_at_least(Nanos jitter) {
    for (auto* each : {&advice_.outlook.jitter, &advice_.outlook.herd_jitter})
      *each = std::max(each->value_or(0), jitter);
  }

  /// What expires after the end of a trace, or with keys of others, no run shows.
  bool unseen_cliff() const { return seen().together_later || job_.least_jitter > 0; }

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
    if (advice_.today.keeps_within_slots && !unseen_cliff())
      advice_.recommendations.push_back({{}, advice_.today});
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
      auto own = relevant_to(row.strategy, changes);
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
        auto more = relevant_to(each.result.strategy, settings_);
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
      const bool jitter = find(proof.changes, Setting::jitter) != nullptr;
      const auto strategy = proof.result.strategy;
      return std::tuple(jitter && strategy != Strategy::jitter, effort_of(strategy));
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
