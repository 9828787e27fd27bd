#pragma once

#include <string>
#include <string_view>

#include "redis/client.h"

namespace rcache::restore {

/// What a server's reply means for the run.
enum class Answer {
  done,
  existing,   ///< BUSYKEY: the key is there
  elsewhere,  ///< not here, or not yet: worth asking for the owner
  no_memory,  ///< nothing more can be written: the run stops
  no_writes,  ///< nothing can be written to this server at all: the run stops
  failed      ///< this key cannot be put back; others can
};

/// Reads a reply to a command that writes one key. The first word of an error decides, because the
/// texts differ from version to version.
/// Source:  https://redis.io/docs/latest/develop/reference/protocol-spec/ (simple errors)
Answer answer_of(const redis::Reply& reply);

/// True for "ERR DUMP payload version or checksum are wrong", which has no word of its own: what
/// every server says of a payload that a later version made. Source:
/// https://redis.io/docs/latest/commands/restore/
bool unreadable_payload(const redis::Reply& reply);

/// Why a server writes nothing, for a person.
///
/// In:      a reply that is no_memory or no_writes.
std::string refused_writes(std::string_view where, const redis::Reply& reply);

/// Why one key could not be put back: the server's own words.
std::string words_of(const redis::Reply& reply);

}  // namespace rcache::restore
