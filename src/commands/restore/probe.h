#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "commands/restore/forecast.h"

namespace rcache::restore {

/// A name for a throwaway key on this server: a key of the file, so that a user who may write that
/// one may write this one, and behind it something that nobody uses.
///
/// In:      `number`, from which names are tried until one is in a slot of `node`.
std::string probe_name(const std::string& key, const redis::Node& node, redis::Mode mode,
                       std::uint64_t number);

/// Proves that a server reads payloads of these versions before anything is restored: each is
/// restored once as a key of one byte, which is removed again (and would be gone after a second).
///
/// In:      `made_by`, the server that made the backup ("redis 7.0.15"); `number`, see probe_name.
/// Errors:  incomplete, naming both servers, when it cannot read a version; connect when the server
///          will not have us or takes no writes; refused when it has no memory; those of
///          Client::pipeline. Nothing has been restored then.
/// Cost:    per version a RESTORE and an UNLINK.
asio::awaitable<Result<void>> probe(Share share, redis::Mode mode,
                                    std::vector<std::uint16_t> versions, std::string made_by,
                                    std::uint64_t number);

}  // namespace rcache::restore
