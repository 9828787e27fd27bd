#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "redis/client.h"

namespace rcache::redis {

/// The text of an error reply, fit to print, without what it repeats of our arguments ("ERR unknown
/// command 'AUTH', with args beginning with: 'PASSWORD'").
std::string own_words(const ServerError& reply);

/// An error reply as a failure for a person: who said it, in the server's own words where they name
/// the cause, and what to do.
///
/// In:      `where`, the server's address as text.
/// Out:     kind connect when the server will not have us (NOAUTH, WRONGPASS, NOPERM, DENIED,
/// LOADING,
///          too many clients), else kind server. The texts of servers differ from version to
///          version, so only the first word decides, and "max number of clients", which has none of
///          its own.
/// Source:  https://redis.io/docs/latest/develop/reference/protocol-spec/ (simple errors)
Error refusal(std::string_view where, const ServerError& reply);

}  // namespace rcache::redis
