#include "commands/stampede/replay/preparation.h"

#include <algorithm>

#include "stampede/random.h"
#include "trace/polls.h"
#include "trace/presence.h"

namespace rcache::stampede {
namespace {

using trace::Event;
using trace::k_unknown;
using trace::Trace;
using trace::Verb;

/// Only keys that are read matter, numbered anew without gaps.
class ReadKeys {
 public:
  explicit ReadKeys(const Trace& trace) : numbers_(trace.keys.size(), k_unknown) {
    for (const auto& event : trace.events) {
      if (event.verb != Verb::get || numbers_[event.key] != k_unknown) continue;
      numbers_[event.key] = count_++;
      databases_.push_back(event.database);
    }
  }
  std::uint32_t count() const { return count_; }
  /// k_unknown for a key that is never read.
  std::uint32_t number_of(const Event& event) const {
    return event.key == k_unknown ? k_unknown : numbers_[event.key];
  }
  std::uint16_t database_of(std::uint32_t number) const { return databases_[number]; }

 private:
  std::vector<std::uint32_t> numbers_;
  std::vector<std::uint16_t> databases_;
  std::uint32_t count_ = 0;
};

bool gives_ttl(const Event& event) {
  return (event.verb == Verb::set || event.verb == Verb::expire) &&
         event.ttl_ms != trace::k_same_ttl;
}

/// The TTL as an arrival has it, where 0 would be the scenario's.
std::uint32_t ttl_of(const Event& event) {
  return std::max(event.ttl_ms, 1U);
}

/// The TTL of each key that it has before the trace first says one.
std::vector<std::uint32_t> first_ttls(const Trace& trace, const ReadKeys& keys) {
  std::vector<std::uint32_t> ttls(keys.count());
  for (const auto& event : trace.events) {
    const auto key = keys.number_of(event);
    if (key == k_unknown || !gives_ttl(event) || ttls[key] != 0) continue;
    // EXPIRE behind a SET of a trace's own shows how long the value lives; one that never expires
    // may get its EXPIRE a moment later.
    if (event.verb == Verb::set && event.ttl_ms == trace::k_no_ttl) continue;
    ttls[key] = ttl_of(event);
  }
  return ttls;
}

/// Until when a value lives that was written with this TTL; one that says none has the scenario's.
Nanos life_of(std::uint32_t ttl_ms, Nanos usual) {
  if (ttl_ms == trace::k_no_ttl) return k_beyond;
  return ttl_ms == trace::k_same_ttl ? usual : Nanos{ttl_ms} * k_millisecond;
}

/// When each key that is there at the begin goes, as the trace shows it: it was missing when it
/// was first written, and there all the time when it never was. One that was written before
/// anybody read it might as well have been there: a job filled the cache, and nothing was loaded.
std::vector<Nanos> recorded_expiries(const Trace& trace, const ReadKeys& keys, Nanos begin,
                                     Nanos usual_ttl) {
  constexpr Nanos k_unseen = -1;
  std::vector<std::uint8_t> read(keys.count());
  std::vector<Nanos> expiries(keys.count(), k_unseen);
  std::vector<std::uint8_t> settled(keys.count());
  for (const auto& event : trace.events) {
    const auto key = keys.number_of(event);
    if (key == k_unknown || settled[key] != 0) continue;
    if (event.verb == Verb::get) {
      read[key] = 1;
    } else if (event.verb == Verb::set && read[key] == 0) {
      expiries[key] = event.time_ns - begin + life_of(event.ttl_ms, usual_ttl);
      settled[key] = 1;
    } else if (event.verb == Verb::set) {
      // Gone since a load before its write; a read within that time would have missed.
      const Nanos load =
          event.load_us == k_unknown ? k_millisecond : Nanos{event.load_us} * k_microsecond;
      expiries[key] = std::max<Nanos>(event.time_ns - begin - load, 0);
      settled[key] = 1;
    } else if (event.verb == Verb::del) {
      expiries[key] = event.time_ns - begin;
      settled[key] = 1;
    }
  }
  for (auto& expiry : expiries)
    if (expiry == k_unseen) expiry = k_beyond;
  return expiries;
}

/// Every key filled at the begin, with the TTL that it has.
std::vector<Nanos> filled_now(const std::vector<std::uint32_t>& ttls, Nanos usual) {
  std::vector<Nanos> expiries;
  for (const auto ttl : ttls) expiries.push_back(ttl == 0 ? usual : life_of(ttl, usual));
  return expiries;
}

/// For a trace without a write: each key somewhere within its life, as steady traffic has them.
std::vector<Nanos> scattered_expiries(const Scenario& scenario, std::uint32_t keys) {
  const Stream ages(scenario.seed, Purpose::warm_age);
  std::vector<Nanos> expiries(keys);
  for (std::uint32_t key = 0; key < keys; ++key)
    expiries[key] = static_cast<Nanos>(ages.below_one(key) * static_cast<double>(scenario.ttl));
  return expiries;
}

class ArrivalMaker {
 public:
  ArrivalMaker(const Trace& trace, const ReadKeys& keys, const Preparation& how)
      : keys_(keys), how_(how), begin_(trace.events.front().time_ns) {
    if (!how.ttl_given) ttls_ = first_ttls(trace, keys);
    loaded_.resize(keys.count(), 1);
    for (std::uint32_t key = 0; key < keys.count(); ++key) to_flush_.push_back(key);
    arrivals_.reserve(trace.events.size());
  }

  void take(const Event& event) {
    if (event.verb == Verb::flush) return flush(event);
    const auto key = keys_.number_of(event);
    if (key == k_unknown) return;
    if (!how_.ttl_given && gives_ttl(event)) ttls_[key] = ttl_of(event);
    Arrival arrival;
    arrival.at = event.time_ns - begin_;
    arrival.key = key;
    if (event.verb == Verb::get) {
      if (!how_.ttl_given) arrival.ttl_ms = ttls_[key];
      if (!how_.load_time_given && event.load_us != k_unknown) arrival.load_us = event.load_us;
      arrivals_.push_back(arrival);
      if (loaded_[key] == 0) to_flush_.push_back(key);
      loaded_[key] = 1;
    } else if (event.verb == Verb::del) {
      invalidate(arrival.at, key);
    }
  }

  std::vector<Arrival> finish() && { return std::move(arrivals_); }
  std::uint64_t invalidations() const { return invalidations_; }
  std::uint64_t keys_with_ttl() const {
    return static_cast<std::uint64_t>(
        std::count_if(ttls_.begin(), ttls_.end(), [](auto ttl) { return ttl != 0; }));
  }

 private:
  void flush(const Event& event) {
    std::erase_if(to_flush_, [&](std::uint32_t key) {
      if (event.database != trace::k_all_databases && event.database != keys_.database_of(key))
        return false;
      invalidate(event.time_ns - begin_, key);
      loaded_[key] = 0;
      return true;
    });
  }

  void invalidate(Nanos at, std::uint32_t key) {
    Arrival arrival;
    arrival.at = at;
    arrival.key = key;
    arrival.kind = Arrival::Kind::invalidate;
    arrivals_.push_back(arrival);
    ++invalidations_;
  }

  const ReadKeys& keys_;
  const Preparation& how_;
  Nanos begin_;
  std::vector<std::uint32_t> ttls_;      ///< of each key, now; 0: the scenario's
  std::vector<std::uint8_t> loaded_;     ///< by key: it may be there
  std::vector<std::uint32_t> to_flush_;  ///< those keys: flush after flush costs nothing
  std::vector<Arrival> arrivals_;
  std::uint64_t invalidations_ = 0;
};

void add_tally(const Trace& trace, Recorded& facts) {
  const auto& tally = trace.tally;
  facts.format = trace::to_string(trace.format);
  facts.lines = tally.lines;
  facts.malformed = tally.malformed;
  if (tally.first_malformed) {
    facts.first_malformed = tally.first_malformed->number;
    facts.malformed_why = tally.first_malformed->why;
  }
  facts.torn_bytes = tally.torn_bytes;
  facts.out_of_order = trace.out_of_order;
  facts.filtered = tally.filtered;
}

void add_loads(const trace::LoadTimes& loads, Recorded& facts) {
  facts.written_ahead = loads.written_ahead;
  if (!loads.known()) return;
  facts.loads =
      Recorded::Loads{loads.given,       loads.inferred,    loads.same_source, loads.p50_seconds,
                      loads.p90_seconds, loads.p99_seconds, loads.max_seconds};
}

/// Cuts off what comes later than --duration.
void cut(Trace& trace, std::optional<Nanos> duration) {
  if (!duration) return;
  const auto end = trace.events.front().time_ns + *duration;
  const auto first_late =
      std::upper_bound(trace.events.begin(), trace.events.end(), end,
                       [](Nanos at, const Event& event) { return at < event.time_ns; });
  trace.events.erase(first_late, trace.events.end());
}

void set_start(const Trace& trace, const ReadKeys& keys, const Preparation& how, Scenario& scenario,
               Recorded& facts) {
  scenario.first_expiries = nullptr;
  scenario.warm = how.start != Start::cold;
  facts.start = how.start == Start::cold ? "cold" : "warm";
  if (how.start == Start::cold) return;
  if (how.start == Start::warm) {
    const auto ttls = how.ttl_given ? std::vector<std::uint32_t>() : first_ttls(trace, keys);
    // Without TTLs of its own all expire at the scenario's.
    if (std::all_of(ttls.begin(), ttls.end(), [](std::uint32_t ttl) { return ttl == 0; })) return;
    scenario.first_expiries =
        std::make_shared<const std::vector<Nanos>>(filled_now(ttls, scenario.ttl));
    return;
  }
  const bool writes = std::any_of(trace.events.begin(), trace.events.end(),
                                  [](const Event& event) { return event.verb == Verb::set; });
  auto expiries = writes
                      ? recorded_expiries(trace, keys, trace.events.front().time_ns, scenario.ttl)
                      : scattered_expiries(scenario, keys.count());
  facts.start = writes ? "as the trace shows" : "somewhere within the TTL";
  scenario.first_expiries = std::make_shared<const std::vector<Nanos>>(std::move(expiries));
}

}  // namespace

Result<Prepared> prepare(Trace trace, const Preparation& how, Scenario& scenario) {
  Prepared out;
  auto& facts = out.facts;
  facts.load_time_given = how.load_time_given;
  facts.ttl_given = how.ttl_given;
  cut(trace, how.duration);
  add_tally(trace, facts);
  if (!how.keep_polls) facts.polls = trace::collapse_polls(trace);
  add_loads(trace::infer_load_times(trace, scenario.seed), facts);
  // What the trace does not say of a load is what it says of half of them.
  if (facts.loads && !how.load_time_given) {
    scenario.load_time = LoadTime{};
    scenario.load_time.span = from_seconds(facts.loads->p50_seconds);
  }
  const ReadKeys keys(trace);
  if (keys.count() == 0) {
    return fail(ErrorKind::usage, "there is no read in the trace: nothing would be asked for",
                "record reads as well (GET, MGET, HGETALL ...)");
  }
  const Nanos span = trace.duration_ns();
  facts.keys = keys.count();
  facts.seconds = seconds(span);
  scenario.keys = keys.count();
  scenario.clients = 0;
  set_start(trace, keys, how, scenario, facts);
  ArrivalMaker maker(trace, keys, how);
  for (const auto& event : trace.events) maker.take(event);
  facts.invalidations = maker.invalidations();
  facts.keys_with_ttl = maker.keys_with_ttl();
  auto arrivals = std::move(maker).finish();
  facts.reads = arrivals.size() - facts.invalidations;
  out.arrivals = std::make_shared<const std::vector<Arrival>>(std::move(arrivals));
  // The last request still has to be answered.
  scenario.duration = span + std::max<Nanos>(k_second, 2 * scenario.rtt);
  scenario.rate = static_cast<double>(facts.reads) / std::max(facts.seconds, 1e-3);
  return out;
}

}  // namespace rcache::stampede
