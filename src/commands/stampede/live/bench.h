#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "stampede/database.h"
#include "stampede/ledger.h"
#include "stampede/ordered_queue.h"
#include "stampede/random.h"
#include "stampede/scenario.h"
#include "stampede/strategy.h"

namespace rcache::stampede::live {

/// A load as its client knows it.
struct LoadStart {
  std::uint64_t index = 0;  ///< of the request in its stream: names its random numbers
  std::uint32_t key = 0;
  bool background = false;  ///< nobody waits for it
  bool volunteer = false;   ///< XFetch: the value is still there
};

enum class LoadEnd {
  ok,
  failed,  ///< timed out, or the database is down
  died     ///< the loader's process died with it
};

/// The part of a live run that is not Redis: the database behind the cache, and what is counted.
///
/// Knows no clock: `now` is told, and only grows. The database follows its own exact times however
/// late it is told, so peaks and waits are those of the model.
class Bench {
 public:
  Bench(const Scenario& scenario, Strategy strategy);
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  const Scenario& scenario() const { return scenario_; }
  Ledger& ledger() { return ledger_; }

  using Tell = std::function<void(std::uint32_t ticket, LoadEnd end)>;
  /// Ends the loads that are due until `now`, each at its own time.
  void end_due(Nanos now, const Tell& tell);
  /// When something is due next; k_never when no load is under way.
  Nanos next_due() const;

  /// In:      what is due until `now` was ended.
  /// Out:     a ticket, by which its end will be told; a later load may get it again.
  std::uint32_t start_load(Nanos now, const LoadStart& load);

  /// A value was stored by a SET that was sent at `sent`.
  void stored(Nanos sent, std::uint32_t key, Nanos fresh_for);
  /// A value was not accepted.
  void refused(std::uint32_t key) { ledger_.episodes.load_ended(key); }
  /// What was put into the cache before the run, by nobody's load.
  void filled_before(std::uint32_t key, Nanos fresh_until) { fresh_until_[key] = fresh_until; }
  void invalidated_all(Nanos now);
  /// When the last invalidation was; -1: never.
  Nanos invalidated_at() const { return invalidated_at_; }

  /// How long a value is fresh that request `index` stores.
  Nanos fresh_for(std::uint64_t index) const;
  /// The same of a value that is there from the beginning.
  Nanos fresh_from_start(std::uint32_t key) const;

 private:
  struct Ticket {
    LoadStart load;
    Nanos started = 0;
  };
  struct Deadline {
    Nanos at = 0;
    std::uint32_t load = 0;
    bool operator<(const Deadline& other) const { return at < other.at; }
  };
  void end_next(Nanos now, const Tell& tell);
  void time_out(const Deadline& deadline, const Tell& tell);
  Nanos jitter(double uniform) const;
  void loads_changed(Nanos now) { ledger_.curve.change(now, database_.count()); }

  Scenario scenario_;
  bool jitters_;
  Stream load_times_, jitters_stream_, warm_jitters_, crashes_;
  Database database_;
  Ledger ledger_;
  std::vector<Nanos> fresh_until_;  ///< by key; as far as its loaders know
  Nanos invalidated_at_ = -1;
  std::vector<Ticket> tickets_;
  std::vector<std::uint32_t> free_;
  Ring<Deadline> deadlines_;
};

}  // namespace rcache::stampede::live
