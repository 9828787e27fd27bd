#pragma once

#include <vector>

#include "core/interrupt.h"
#include "redis/endpoint.h"

namespace rcache::redis {

/// Asks all sentinels at once where the primary is.
///
/// In:      an endpoint of kind sentinel. Sentinels are asked without a password first, and with
/// the
///          endpoint's own when they want one.
/// Out:     what they named, most votes first; several when they do not agree (a failover is under
/// way). Errors:  connect, when no sentinel could be asked or none knows the name. Cost:    per
/// sentinel one connection and one SENTINEL GET-MASTER-ADDR-BY-NAME. Source:
/// https://redis.io/docs/latest/develop/reference/sentinel-clients/
asio::awaitable<Result<std::vector<Address>>> ask_for_primary(ConnectSettings settings,
                                                              Interrupt& interrupt);

/// The replicas that the sentinels hold to be reachable, in a fixed order. Empty when there is
/// none. Cost:    per sentinel, until one answers, one connection and one SENTINEL REPLICAS.
asio::awaitable<Result<std::vector<Address>>> ask_for_replicas(ConnectSettings settings,
                                                               Interrupt& interrupt);

}  // namespace rcache::redis
