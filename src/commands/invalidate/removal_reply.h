#pragma once

#include "commands/invalidate/job.h"
#include "redis/client.h"

namespace rcache::invalidate {

/// What is left to do after a reply to a removal.
enum class Next {
  nothing,   ///< the fate of its keys is in the ledger
  again,     ///< the same keys with the command that is in use now
  singly,    ///< a key of it is not allowed, and failed all: each by itself
  at_owner,  ///< on the move: ask their owner, key by key
  later      ///< not now, or not here
};

/// Enters the reply to `sent` (UNLINK or DEL) of these keys into the ledger. A command that is
/// refused is replaced by DEL; when DEL is refused as well, the run stops.
Next enter_reply(Job& job, const redis::Address& node, const std::vector<std::string>& keys,
                 How sent, const redis::Reply& reply);

/// The name of the command.
std::string_view command_of(How how);

}  // namespace rcache::invalidate
