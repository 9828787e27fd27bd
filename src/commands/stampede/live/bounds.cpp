#include <fmt/format.h>

#include "commands/stampede/live/admission.h"
#include "core/units.h"

namespace rcache::stampede::live {
namespace {

tl::unexpected<Error> refuse(const char* flag, std::string why, std::string hint) {
  return fail(ErrorKind::usage, fmt::format("--{}: {}", flag, why), std::move(hint));
}

bool whole_seconds(Nanos span) {
  return span % k_second == 0;
}

/// A key of ours with its value, and what Redis keeps besides: dictEntry, sds headers, expiry.
constexpr std::int64_t k_bytes_per_key = 250;
/// Buffers of our connections, with requests in flight.
constexpr std::int64_t k_bytes_besides = 4 << 20;
/// Above this part of what it may use, a server evicts or refuses when a burst comes.
constexpr double k_fullest = 0.9;

std::string full(const std::string& where, std::int64_t used, std::int64_t limit,
                 std::string_view name, std::int64_t needed) {
  return fmt::format("{} is short of memory: {} of {} ({}) are in use, and a run may need {}",
                     where, format_bytes(used), format_bytes(limit), name, format_bytes(needed));
}

}  // namespace

Result<void> check_bounds(const Scenario& scenario, std::size_t strategies, Nanos max_time) {
  if (scenario.clients > k_most_clients)
    return refuse("clients", fmt::format("{} are too many for a live run", scenario.clients),
                  "at most 10,000; simulate takes more");
  if (scenario.clients == 0 && scenario.rate > k_highest_rate)
    return refuse("rate", "is too high for a live run", "at most 200,000/s; simulate takes more");
  if (scenario.keys > k_most_keys)
    return refuse("keys", fmt::format("{} are too many for a live run", scenario.keys),
                  "at most 100,000; simulate takes more");
  if (longest_ttl(scenario) > k_longest_key_life)
    return refuse("ttl", "with --stale, --jitter and --lock-ttl must stay within 1h in a live run",
                  "what is left after a kill -9 goes by its TTL");
  if (scenario.whole_seconds && !(whole_seconds(scenario.ttl) && whole_seconds(scenario.stale)))
    return refuse("whole-seconds", "wants --ttl and --stale in whole seconds in a live run",
                  "SET ... EX knows no others");
  const Nanos planned = static_cast<Nanos>(strategies) * planned_span(scenario);
  if (planned > max_time) {
    return refuse("duration",
                  fmt::format("{} {} of {} and a warm-up would take {}, more than --max-time {}",
                              strategies, strategies == 1 ? "strategy" : "strategies",
                              format_seconds(seconds(scenario.duration)),
                              format_seconds(seconds(planned)), format_seconds(seconds(max_time))),
                  "shorten --duration, name fewer with --strategy, or raise --max-time");
  }
  return {};
}

std::int64_t memory_needed(const Scenario& scenario) {
  // A value and a lock or an expiry beside it.
  return std::int64_t{scenario.keys} * 2 * k_bytes_per_key + k_bytes_besides;
}

Result<void> check_server(const std::string& where, const Info& info, std::int64_t needed_bytes) {
  if (info.integer("loading").value_or(0) != 0 || info.integer("async_loading").value_or(0) != 0) {
    return fail(ErrorKind::connect, fmt::format("{} is loading its data", where),
                "try again when it is done");
  }
  if (info.text("role").value_or("master") == "slave") {
    return fail(ErrorKind::refused,
                fmt::format("{} is a replica: a cache is written on its primary", where),
                "leave --replica out, or name the primary");
  }
  const auto used = info.integer("used_memory");
  if (!used) return {};
  const auto fits = [&](std::optional<std::int64_t> limit) {
    return !limit || *limit <= 0 ||
           static_cast<double>(*used + needed_bytes) <= k_fullest * static_cast<double>(*limit);
  };
  const char* hint = "nothing was written; take a server with room, or fewer --keys";
  const auto most = info.integer("maxmemory");
  if (!fits(most))
    return fail(ErrorKind::refused, full(where, *used, *most, "maxmemory", needed_bytes), hint);
  const auto machine = info.integer("total_system_memory");
  if (!fits(machine))
    return fail(ErrorKind::refused, full(where, *used, *machine, "the machine's", needed_bytes),
                hint);
  return {};
}

bool is_local(const redis::Address& address) {
  if (!address.socket_path.empty()) return true;
  const auto& host = address.host;
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace rcache::stampede::live
