#pragma once

#include <cstdint>
#include <span>

// What a stampede comes to, without simulation: one key unless said, Poisson requests, an unlimited
// database and no network unless said. The tests hold the simulation against them, and advice
// starts with them.
//
// Names: `rate` requests per second for the key, `load` seconds for a load, `ttl` seconds, `slots`
// of the database, `beta` and `delta` (seconds) of XFetch, `keys` that expire together.
namespace rcache::stampede::closed {

// Loads per expiry.

/// Cache-aside, constant load time: the first one and all that come while it runs.
double loads_cache_aside(double rate, double load);
/// The same with an exponential load time of that mean: sum over n of prod k=1..n a/(a+k), with
/// a = rate*load. It ends at the first completion, which comes early.
double loads_exponential(double rate, double load);
/// The same with a database that shares its slots: slots*exp((rate*load+1)/slots - 1) once
/// rate*load is above slots. Exponential in the overload.
double loads_shared(double rate, double load, double slots);
/// A mutex in each of `processes`, or one refresh behind stale answers in each.
double loads_mutex(double rate, double load, double processes);
/// Lock once, wait, then load without a lock.
double loads_lock_once(double rate, double load, double wait);
/// A lock that expires before its load ends, and dense polls.
double loads_short_lock(double load, double lock_ttl);
/// Redlock as node-redlock has it, without network; load time below the lock's TTL.
double loads_redlock(double rate, double load);
/// One token per `interval`.
double loads_lease(double load, double interval);
/// A closed loop: `clients` with an exponential pause of mean `think`.
double loads_closed_loop(double clients, double load, double think);

// Waiting for a lock that is polled every `poll`.

double poll_mean_wait(double load, double poll);
double poll_longest_wait(double load, double poll);

// XFetch. Source: Vattani, Chierichetti, Lowenstein, PVLDB 8(8), 2015; own derivation of these.

/// Mean number of loads per refresh, at a high rate: exp(load/(beta*delta)). The number is
/// geometric.
double xfetch_loads(double beta, double delta, double load);
/// The same at any rate.
double xfetch_loads_at_rate(double rate, double beta, double delta, double load);
/// Mean time from the first refresh to the expiry.
double xfetch_gap(double rate, double beta, double delta);
/// Probability that nobody refreshes in time.
double xfetch_none(double rate, double beta, double delta);
/// The measured load time from which on every request refreshes, for ever.
double xfetch_critical_delta(double rate, double beta, double ttl);

// Hits and staleness.

/// With a TTL that is set at the miss, and loads that take no time.
double hit_ratio(double rate, double ttl);
/// The same over keys of unequal popularity; `shares` of all requests add up to 1.
double hit_ratio(std::span<const double> shares, double rate, double ttl);
/// One key, loads that take time, each of which SETs.
double hit_ratio_loading(double rate, double load, double ttl);
/// Mean age beyond the TTL of swr's stale answers.
double mean_stale_age(double rate, double load);
/// Keys that a cold cache has been asked for by then.
double keys_asked_for(std::span<const double> shares, double rate, double seconds);

// Many keys that expire together.

/// The largest number of keys in one second, when whole seconds of jitter are added.
double largest_second(double keys, std::uint32_t jitter_seconds);
/// Mean loads at once with a continuous jitter, one load per key.
double loads_jittered(double keys, double load, double jitter);
/// Peak under XFetch with a lock, whatever the load time.
double peak_xfetch_lock(double keys, double beta);
/// The jitter that keeps the peak within the slots, with a margin of three standard deviations.
double jitter_needed(double keys, double load, double slots);
/// What keeping one key fresh is, in loads at once: it is loaded once in each TTL that it is asked
/// for.
double floor_load(double rate, double load, double ttl);
/// The loads at once that no strategy can avoid: sum of load/(ttl + load + 1/rate) over the keys.
double floor_loads(std::span<const double> shares, double rate, double load, double ttl);

// The database as a queue. Source: Erlang 1917; Cosmetatos 1975 for constant load times.

/// Probability to wait; `load` is exponential; rate*load below slots.
double erlang_c(double rate, double load, std::uint32_t slots);
double mean_wait_exponential(double rate, double load, std::uint32_t slots);
double mean_wait_constant(double rate, double load, std::uint32_t slots);

}  // namespace rcache::stampede::closed
