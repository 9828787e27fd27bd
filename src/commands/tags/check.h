#pragma once

#include "commands/tags/survey.h"

namespace rcache::tags {

/// `rcache tags check [TAG...]`: whether tags can be trusted.
///
/// With --pattern the keys that match are looked at first and the tags then, so that a key whose
/// tag is written a moment after it is no finding. What does not fit into memory at once is worked
/// through in shares, by the hash of the key: exact, whatever the number of keys; each share costs
/// one more pass over keys and members.
///
/// Out:     findings when there are any; incomplete when something could not be seen.
/// Cost:    one SCAN over the keyspace; see walk_members() and look_at_members() for each tag; with
///          --pattern one more SCAN, and both again for each further share. Sends nothing that
///          writes.
asio::awaitable<Result<Outcome>> check_tags(Context& context, Options options);

}  // namespace rcache::tags
