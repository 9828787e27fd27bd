#pragma once

#include "redis/client.h"

namespace rcache::invalidate {

/// What an error reply to a removal asks of us.
enum class Answer {
  other_command,  ///< the command is not there or not allowed: another may be
  not_this_key,   ///< a key of it is not allowed: the whole command failed because of it
  redirected,     ///< the key is on the move: its owner has to be asked, key by key
  later,          ///< not now, or not here: look again who is in charge
  failed          ///< never
};

/// Decided by the first word alone, except for NOPERM: whether it means the command or a key stands
/// only in its text, which all versions word with "command" in the first case alone.
Answer answer_to(const redis::ServerError& error);

}  // namespace rcache::invalidate
