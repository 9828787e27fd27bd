#pragma once

#include <memory>

#include "trace/decoder.h"

namespace rcache::trace {

/// Our own CSV: a heading with `time_s` and `key`, and `op`, `ttl_s`, `load_s`, `size`, `source` in
/// any order if there are more; quoted as in RFC 4180, without line breaks in a field.
///
/// time_s  seconds, since 1970 or since any other moment
/// op      get (when empty or left out), look, set, add, update, del, expire, persist, flush
/// ttl_s   time to live that a set, add or expire gives; empty for a set: it never expires
/// load_s  how long the value took to load
std::unique_ptr<Decoder> csv_decoder(Intake& intake);

/// The cache traces of Twitter: time in whole seconds, key, key size, value size, client,
/// operation, TTL. No heading and no quotes. The requests of a second are spread over it, see
/// SecondsSpread.
///
/// Source:  https://github.com/twitter/cache-trace (README)
std::unique_ptr<Decoder> twitter_decoder(Intake& intake, std::uint64_t seed);

}  // namespace rcache::trace
