#include "stampede/ledger.h"

#include <algorithm>

namespace rcache::stampede {
namespace {

constexpr std::size_t k_most_bins = 4096;
constexpr std::size_t k_curve_points = 200;

}  // namespace

void LoadCurve::mark(std::size_t bin) {
  bins_[bin] = std::max(bins_[bin], loads_);
}

void LoadCurve::hold_until(Nanos now) {
  if (now < bin_end_) return;
  // However long the run, its bins fit: when they are used up, each two become one.
  while (now / bin_width_ >= static_cast<Nanos>(k_most_bins)) {
    for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
      bins_[bin / 2] = bin % 2 == 0 ? bins_[bin] : std::max(bins_[bin / 2], bins_[bin]);
    }
    bins_.resize((bins_.size() + 1) / 2);
    bin_width_ *= 2;
  }
  const auto first = bins_.size() - 1;
  const auto last = static_cast<std::size_t>(now / bin_width_);
  if (last > first) {
    bins_.resize(last + 1);
    for (std::size_t bin = first + 1; loads_ > 0 && bin <= last; ++bin) bins_[bin] = loads_;
  }
  bin_end_ = static_cast<Nanos>(bins_.size()) * bin_width_;
}

void LoadCurve::watch_cold_start(Nanos now, std::uint32_t loads) {
  if (cold_end_) {
    later_peak_ = std::max(later_peak_, loads);
    return;
  }
  if (loads > loads_) ++cold_loads_;
  cold_peak_ = std::max(cold_peak_, loads);
  if (loads == 0) cold_end_ = now;
}

void LoadCurve::change(Nanos now, std::uint32_t loads) {
  hold_until(now);
  if (!scenario_.warm) watch_cold_start(now, loads);
  const bool was_above = loads_ > scenario_.db_slots;
  const bool is_above = loads > scenario_.db_slots;
  if (is_above && !was_above) above_since_ = now;
  if (was_above && !is_above) {
    above_ += now - above_since_;
    longest_above_ = std::max(longest_above_, now - above_since_);
  }
  loads_ = loads;
  if (loads_ > peak_) {
    peak_ = loads_;
    peak_at_ = now;
  }
  mark(bins_.size() - 1);
}

void LoadCurve::finish(Nanos end, StrategyReport& report) {
  const auto open = loads_;
  change(end, 0);
  report.peak_loads = peak_;
  const auto slots = scenario_.db_slots;
  const bool queues = scenario_.db != DatabaseModel::unlimited && peak_ > slots;
  report.peak_queue = queues ? peak_ - slots : 0;
  report.peak_at_seconds = seconds(peak_at_);
  report.seconds_above_slots = seconds(above_);
  report.longest_above_seconds = seconds(longest_above_);
  report.keeps_within_slots = peak_ <= slots;
  if (!scenario_.warm)
    report.cold_start = {seconds(*cold_end_), cold_loads_, cold_peak_, later_peak_};
  report.series.bin_seconds = seconds(bin_width_);
  report.series.peaks = bins_;
  loads_ = open;
}

bool Episodes::load_started(std::uint32_t key, Need need) {
  ++loads_;
  auto& entry = keys_[key];
  const bool opens = entry.running == 0 && need == Need::needed;
  ++entry.running;
  if (opens) {
    entry.size = 1;
  } else if (entry.size > 0) {
    ++entry.size;
  }
  return opens;
}

void Episodes::load_ended(std::uint32_t key) {
  auto& entry = keys_[key];
  if (--entry.running == 0) close(entry);
}

void Episodes::close(Key& key) {
  if (key.size > 0) sizes_.add(key.size);
  key.size = 0;
}

void Episodes::finish(StrategyReport& report) {
  for (auto& key : keys_) close(key);
  report.episodes = sizes_.count();
  report.wasted_loads = loads_ - report.episodes;
  report.mean_size = sizes_.mean();
  report.p99_size = static_cast<std::uint64_t>(sizes_.at(0.99));
  report.max_size = static_cast<std::uint64_t>(sizes_.max());
  for (const auto& bucket : sizes_.buckets()) {
    if (bucket.count > 0)
      report.sizes.push_back({static_cast<std::uint64_t>(bucket.max), bucket.count});
  }
}

StrategyReport Ledger::report(Nanos end, Nanos rtt) {
  StrategyReport out;
  out.hits = hits;
  out.stale = stale_age.count();
  out.misses = misses;
  out.errors = errors;
  out.loads = loads;
  out.failed_loads = failed_loads;
  out.background_loads = background_loads;
  out.lock_tries = lock_tries;
  out.lock_failures = lock_failures;
  out.give_ups = give_ups;
  out.foreign_releases = foreign_releases;
  out.requests = hits + out.stale + misses;
  out.redis_operations = operations + out.requests;
  curve.finish(end, out);
  episodes.finish(out);
  // Everything that is no request in the pool was answered by the first look.
  latency.add(rtt, out.requests - latency.count());
  out.latency = latency.spread();
  out.latency_curve = latency.curve(k_curve_points);
  if (stale_age.count() > 0) {
    out.stale_age = stale_age.spread();
    out.mean_stale_age_seconds = stale_age.mean() / 1e9;
    out.stale_age_curve = stale_age.curve(k_curve_points);
  }
  out.db_wait = db_wait.spread();
  out.mean_db_wait_seconds = db_wait.mean() / 1e9;
  if (gaps > 0) out.mean_gap_seconds = gap_sum / static_cast<double>(gaps) / 1e9;
  return out;
}

}  // namespace rcache::stampede
