#pragma once

#include <memory>

#include "core/interrupt.h"
#include "redis/deployment.h"
#include "redis/endpoint.h"

namespace rcache::redis {

/// Connects to whatever the settings lead to: a standalone server, a replica, all primaries of a
/// cluster, the primary that the sentinels name; or replicas in their place.
///
/// In:      `interrupt` must outlive the deployment.
/// Errors:  connect, when nothing can be reached, the login is refused, or what answers is in the
///          wrong role; usage for unreadable certificate files. A part of a cluster that cannot be
///          reached is not an error but a gap.
/// Cost:    per node one login (see login.h); in a cluster also CLUSTER SHARDS (else SLOTS, else
/// NODES)
///          and CLUSTER MYID.
asio::awaitable<Result<std::shared_ptr<Deployment>>> connect(ConnectSettings settings,
                                                             Interrupt& interrupt);

}  // namespace rcache::redis
