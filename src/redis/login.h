#pragma once

#include <vector>

#include "core/error.h"
#include "core/info.h"
#include "redis/client.h"
#include "redis/endpoint.h"
#include "redis/identity.h"

namespace rcache::redis {

/// What a server says of itself when we come in.
struct Welcome {
  Identity identity;
  Info info;  ///< INFO's default sections; empty when the user may not ask
};

/// The commands of a login, all in one round trip: AUTH (with a user or password), CLIENT SETNAME
/// rcache, INFO, and SELECT (for a database other than 0).
Commands login_commands(const Endpoint& endpoint);

/// Reads the replies to login_commands().
///
/// Errors:  connect: a refused password, database or user, a server that is still loading.
///          CLIENT and INFO may be refused (managed services, ACL): then there is less to know.
Result<Welcome> read_login(const Address& address, const Endpoint& endpoint,
                           const std::vector<Reply>& replies);

/// Whether to send CLIENT NO-TOUCH ON, which keeps our look-ups from making keys look used to LRU
/// and LFU eviction.
///
/// Never to a node of a cluster: Redis 8.0.2 ends with a segmentation fault (lookupKey, called from
/// getNodeByQuery) when such a client names a key of a slot that is being migrated. What the
/// look-ups of a read command do to LRU is nothing against that. Source:
/// https://redis.io/docs/latest/commands/client-no-touch/ (since 7.2)
bool takes_no_touch(const Identity& identity);

}  // namespace rcache::redis
