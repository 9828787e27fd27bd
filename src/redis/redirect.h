#pragma once

#include <optional>
#include <string>

#include "redis/client.h"
#include "redis/deployment.h"

namespace rcache::redis {

/// Where MOVED and ASK point: "MOVED 3999 10.0.0.1:6381".
///
/// In:      `own_host`, that of the node that answered: an empty host, or "?", means itself.
/// Out:     empty when the reply names no address.
/// Source:  https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ (MOVED
/// redirection)
std::optional<Address> redirected_to(const ServerError& reply, const std::string& own_host);

}  // namespace rcache::redis
