#pragma once

#include <vector>

#include "redis/deployment.h"

namespace rcache::redis {

/// Sends one command to every node of a deployment at once.
///
/// Out:     one result per node, in the order of deployment.nodes(); an error reply is an error of
/// the
///          words of refusal().
/// Cost:    the command, once per node; one round trip to the slowest.
asio::awaitable<std::vector<Result<Reply>>> ask_every_node(std::shared_ptr<Deployment> deployment,
                                                           Args words);

}  // namespace rcache::redis
