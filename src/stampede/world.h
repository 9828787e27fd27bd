#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "stampede/agenda.h"
#include "stampede/arrivals.h"
#include "stampede/database.h"
#include "stampede/ledger.h"
#include "stampede/random.h"
#include "stampede/scenario.h"
#include "stampede/zipf.h"

namespace rcache::stampede {

/// What the cache knows of a key.
struct Entry {
  Nanos expires = 0;           ///< when Redis drops it
  std::uint32_t delta_us = 0;  ///< how long its load took, for XFetch
};

/// A request that was not answered inline, or a refresh behind one.
struct Request {
  Nanos asked = 0;
  std::uint64_t index = 0;  ///< in the stream: names its random numbers
  Nanos load_started = 0;
  std::uint32_t key = 0;
  std::uint32_t ttl_ms = 0;
  std::uint32_t load_us = 0;
  std::uint32_t delta_us = 0;
  std::uint32_t next = 0;  ///< the one behind it in a waiting list
  std::uint32_t process = 0;
  std::uint16_t attempt = 0;
  bool waited_for = false;  ///< somebody waits for its answer
  bool held = false;        ///< the strategy still has something to do with it
  bool volunteer = false;   ///< it refreshes although the value is there
  bool guarded = false;     ///< it holds the lock, mutex or lease for its key
};

/// Everything that strategies share: the clock, the cache, the database, requests under way, and
/// what is counted.
///
/// `now` is the moment in which a Redis command executes or an answer arrives; time only moves in
/// run(), see run.h.
class World {
 public:
  enum class Cache {
    plain,         ///< SET with the TTL
    with_jitter,   ///< and a random addition
    beyond_expiry  ///< kept for `stale` beyond the TTL
  };
  World(const Scenario& scenario, Cache cache);

  const Scenario& scenario() const { return scenario_; }
  Nanos half_trip() const { return half_trip_; }
  Nanos stale_span() const { return stale_; }
  Agenda& agenda() { return agenda_; }
  Database& database() { return database_; }
  Ledger& ledger() { return ledger_; }
  std::vector<Entry>& entries() { return entries_; }
  Request& request(std::uint32_t number) { return requests_[number]; }
  std::uint32_t process_of(std::uint64_t index) const {
    return processes_.below(scenario_.processes, index);
  }
  double coin(std::uint64_t index) const { return coins_.above_zero(index); }
  double backoff(std::uint64_t index, std::uint32_t attempt) const {
    return backoffs_.above_zero(index * 16 + attempt);
  }
  bool fresh(std::uint32_t key, Nanos now) const { return entries_[key].expires > now; }
  /// The key will be asked for soon: large caches lie far from the processor.
  void expect(std::uint32_t key) const { __builtin_prefetch(&entries_[key]); }
  bool closed_loop() const { return scenario_.clients > 0; }

  /// When something happens next, besides arrivals.
  Nanos soonest() const { return std::min(agenda_.soonest(), database_.next_end()); }
  bool unstable() const { return unstable_at_ != k_never; }

  // The first look into the cache, answered at once.
  void hit(Nanos now, std::uint64_t index) {
    ++ledger_.hits;
    if (closed_loop()) pause(now + half_trip_, index);
  }
  void stale_hit(Nanos now, std::uint64_t index, Nanos age) {
    ledger_.stale_age.add(age);
    if (closed_loop()) pause(now + half_trip_, index);
  }

  /// A request that somebody waits for, or one in the background.
  enum class Kind { waited_for, background };
  std::uint32_t open(const Arrival& arrival, Nanos now, std::uint64_t index, Kind kind);
  /// The strategy has no more to do with it.
  void let_go(std::uint32_t number);

  // What comes next for a request. Every one but `load` counts a Redis command where it is sent.
  void in_half_trip(Nanos now, Stage stage, std::uint32_t number) {
    agenda_.after(half_line_, now, stage, number);
  }
  void in_round_trip(Nanos now, Stage stage, std::uint32_t number) {
    agenda_.after(round_line_, now, stage, number);
  }
  void count_command() { ++ledger_.operations; }

  /// The client has its answer now.
  void answered(Nanos now, std::uint32_t number);
  /// It has an error instead.
  void failed(Nanos now, std::uint32_t number);

  void start_load(Nanos now, std::uint32_t number);
  enum class LoadEnd { ok, failed, died };
  /// Ends the database's next load. Out: its request, and how it ended.
  std::pair<std::uint32_t, LoadEnd> end_load(Nanos now);
  /// A load that took too long. Out: its request; empty when it had ended in time.
  std::optional<std::uint32_t> time_out(Nanos now, std::uint32_t load);
  /// The loader's SET executes.
  void store(Nanos now, std::uint32_t number);
  /// The cache takes no value from it.
  void refuse_store(std::uint32_t number);
  void invalidate(std::uint32_t key) { entries_[key].expires = 0; }
  void invalidate_all();

  /// The next request of a client, when it has thought.
  void pause(Nanos now, std::uint64_t index);
  /// The arrival of a client that asks now. Out: with its index.
  std::pair<Arrival, std::uint64_t> next_of_client(Nanos now, std::uint32_t client);

  StrategyReport finish(Nanos end);

 private:
  Nanos lifetime(const Request& request) const;
  Nanos jitter(const Stream& stream, std::uint64_t index) const;
  void free(std::uint32_t number);
  void loads_changed(Nanos now) { ledger_.curve.change(now, database_.count()); }

  const Scenario& scenario_;
  Cache cache_;
  Nanos half_trip_;
  Nanos stale_;
  Stream processes_, load_times_, jitters_, coins_, crashes_, backoffs_, thoughts_, keys_;
  Agenda agenda_;
  std::size_t half_line_;
  std::size_t round_line_;
  std::size_t time_out_line_ = 0;
  Database database_;
  Ledger ledger_;
  std::vector<Entry> entries_;
  std::vector<Request> requests_;
  std::vector<std::uint32_t> free_;
  std::uint32_t in_flight_ = 0;
  std::uint32_t peak_in_flight_ = 0;
  Nanos unstable_at_ = k_never;
  Zipf popularity_;                          ///< of a closed loop
  std::vector<std::uint32_t> client_turns_;  ///< requests so far, by client
};

}  // namespace rcache::stampede
