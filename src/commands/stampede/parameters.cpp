#include "commands/stampede/parameters.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "commands/stampede/values.h"
#include "core/units.h"

namespace rcache::stampede {
namespace {

constexpr std::string_view k_traffic = "Traffic";
constexpr std::string_view k_cache = "Cache";
constexpr std::string_view k_database = "Database";
constexpr std::string_view k_application = "Application";
constexpr std::string_view k_trouble = "Trouble";
constexpr std::string_view k_run = "Run";

/// Stores what `parse` reads in a member; an optional member takes it too.
template <auto member, auto parse>
Result<void> set(Scenario& scenario, std::string_view text) {
  auto value = parse(text);
  if (!value) return fail(std::move(value).error());
  scenario.*member = std::move(*value);
  return {};
}

Result<std::uint32_t> parse_small_count(std::string_view text) {
  const auto count = parse_count(text);
  if (!count) return fail(count.error());
  if (*count > UINT32_MAX) return fail(ErrorKind::usage, "'" + std::string(text) + "' is too many");
  return static_cast<std::uint32_t>(*count);
}

Result<std::uint64_t> parse_seed(std::string_view text) {
  const auto count = parse_count(text);
  if (!count) return fail(count.error());
  return static_cast<std::uint64_t>(*count);
}

/// An open stream of requests, in place of the clients that a file or a preset may have.
Result<void> set_rate(Scenario& scenario, std::string_view text) {
  const auto rate = parse_rate(text);
  if (!rate) return fail(rate.error());
  scenario.rate = *rate;
  scenario.clients = 0;
  return {};
}

Result<bool> parse_switch(std::string_view text) {
  return text == "true";
}

Result<bool> parse_opposite(std::string_view text) {
  return text != "true";
}

using S = Scenario;

constexpr std::array k_parameters = {
    Parameter{"rate", "RATE", k_traffic, "Requests per second over all keys (500)", set_rate},
    Parameter{"clients", "N", k_traffic, "Instead: a closed loop of N clients",
              set<&S::clients, parse_small_count>},
    Parameter{"think", "DURATION", k_traffic, "Mean pause of such a client (1s)",
              set<&S::think, parse_span>},
    Parameter{"keys", "N", k_traffic, "Keys that are asked for (1)",
              set<&S::keys, parse_small_count>},
    Parameter{"zipf", "S", k_traffic, "How unequal their popularity is; 0: all alike (1)",
              set<&S::zipf, parse_number>},
    Parameter{"ttl", "DURATION", k_cache, "Time to live of a value (60s)",
              set<&S::ttl, parse_span>},
    Parameter{"jitter", "DURATION", k_cache,
              "Strategy jitter adds up to this to a TTL (a tenth of it)",
              set<&S::jitter, parse_span>},
    Parameter{"jitter-all", "", k_cache, "Add it under every strategy",
              set<&S::jitter_all, parse_switch>},
    Parameter{"whole-seconds", "", k_cache, "EX and TTL instead of PX and PTTL",
              set<&S::whole_seconds, parse_switch>},
    Parameter{"stale", "DURATION", k_cache, "How long swr keeps a value past its TTL (30s)",
              set<&S::stale, parse_span>},
    Parameter{"rtt", "DURATION", k_cache, "Round trip to Redis (500us)", set<&S::rtt, parse_span>},
    Parameter{"warm", "", k_cache, "Every key is filled at time 0 (the default)",
              set<&S::warm, parse_switch>},
    Parameter{"together", "N", k_cache,
              "So many warm keys expire at once, the others spread over the TTL (all)",
              set<&S::together, parse_small_count>},
    Parameter{"cold", "", k_cache, "The cache is empty at time 0", set<&S::warm, parse_opposite>},
    Parameter{"load-time", "TIME", k_database,
              "Of one load: 50ms, exp:50ms, uniform:50ms..300ms, lognormal:80ms,0.5 (100ms)",
              set<&S::load_time, parse_load_time>},
    Parameter{"db-slots", "N", k_database, "Loads that the database serves at full speed (10)",
              set<&S::db_slots, parse_small_count>},
    Parameter{"db", "fifo|shared|unlimited", k_database,
              "Further loads wait, slow all down, or do not matter (shared)",
              set<&S::db, parse_database_model>},
    Parameter{"db-timeout", "DURATION", k_database, "A load that takes longer fails (never)",
              set<&S::db_timeout, parse_span>},
    Parameter{"processes", "N", k_application, "Processes of the application (8)",
              set<&S::processes, parse_small_count>},
    Parameter{"beta", "B", k_application, "How early XFetch refreshes (1)",
              set<&S::beta, parse_number>},
    Parameter{"delta-cap", "DURATION", k_application,
              "XFetch believes no longer load time than this (any)",
              set<&S::delta_cap, parse_span>},
    Parameter{"lock-ttl", "DURATION", k_application,
              "Of every lock and lease (30s, 10s, redlock 5s: each strategy's own)",
              set<&S::lock_ttl, parse_span>},
    Parameter{"poll", "DURATION", k_application, "Pause of who waits for a lock (100ms)",
              set<&S::poll, parse_span>},
    Parameter{"wait-once", "DURATION", k_application, "What a loser of lock-once waits (75ms)",
              set<&S::wait_once, parse_span>},
    Parameter{"crash", "RATIO", k_trouble, "Part of the loaders that die at the end of their load",
              set<&S::crash, parse_ratio>},
    Parameter{"slow-at", "DURATION", k_trouble, "From then on loads are slower",
              set<&S::slow_at, parse_span>},
    Parameter{"slow-factor", "X", k_trouble, "So many times (10)",
              set<&S::slow_factor, parse_number>},
    Parameter{"down-at", "DURATION", k_trouble, "From then on the database refuses every load",
              set<&S::down_at, parse_span>},
    Parameter{"down-for", "DURATION", k_trouble, "For so long (60s)",
              set<&S::down_for, parse_span>},
    Parameter{"invalidate-every", "DURATION", k_trouble, "Delete all keys this often",
              set<&S::invalidate_every, parse_span>},
    Parameter{"duration", "DURATION", k_run, "Simulated time (300s)",
              set<&S::duration, parse_span>},
    Parameter{"seed", "N", k_run, "Of the random numbers (1)", set<&S::seed, parse_seed>},
    Parameter{"max-in-flight", "N", k_run,
              "More requests under way: unstable, and stopped (1000000)",
              set<&S::max_in_flight, parse_small_count>},
};

}  // namespace

std::span<const Parameter> parameters() {
  return k_parameters;
}

const Parameter* parameter_named(std::string_view name) {
  std::string dashed(name);
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  const auto found = std::find_if(k_parameters.begin(), k_parameters.end(),
                                  [&](const Parameter& each) { return each.name == dashed; });
  return found == k_parameters.end() ? nullptr : &*found;
}

}  // namespace rcache::stampede
