#pragma once

#include <chrono>
#include <vector>

#include "commands/command.h"
#include "commands/stampede/live/experiment.h"
#include "core/info.h"

namespace rcache::stampede::live {

// What keeps a run within bounds, and away from servers that it could hurt.

constexpr std::uint32_t k_most_clients = 10'000;
constexpr std::uint32_t k_most_keys = 100'000;
constexpr double k_highest_rate = 200'000;
constexpr Nanos k_longest_key_life = 3600 * k_second;
/// Connections to the server: one for each process of the scenario, as far as this goes.
constexpr std::uint32_t k_most_connections = 64;

/// Refuses what a live run will not do; the scenario as such is checked already.
///
/// In:      `strategies`, how many run one after the other.
/// Errors:  usage, naming the flag and the bound.
Result<void> check_bounds(const Scenario& scenario, std::size_t strategies, Nanos max_time);

/// The keys and the memory that a run of these parameters can need at most, with what the server
/// adds to each key.
std::int64_t memory_needed(const Scenario& scenario);

/// Refuses a replica, a server that is loading its data, and one short of memory.
///
/// In:      what INFO says.
/// Errors:  refused; connect for one that is loading.
Result<void> check_server(const std::string& where, const Info& info, std::int64_t needed_bytes);

/// Whether what listens there can only be reached from this machine.
bool is_local(const redis::Address& address);

/// Connects, checks, asks where somebody must agree, takes a prefix that nobody uses, and opens
/// the connections.
///
/// Errors:  connect, refused, interrupted; server when it will not take our commands.
/// Cost:    INFO, SCRIPT LOAD, one SET, and an EXISTS for each 500 keys; a login per
///          connection.
asio::awaitable<Result<std::shared_ptr<const Bed>>> prepare(Context& context, Scenario scenario,
                                                            std::vector<Strategy> strategies,
                                                            std::optional<std::string> yes,
                                                            std::uint64_t random);

}  // namespace rcache::stampede::live
