#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/command.h"
#include "redis/scan.h"

namespace rcache {

/// Patterns that match nothing may lack the prefix that the application's library puts before its
/// keys: looks for a key that one of them matches behind a prefix, and says so in a note.
///
/// In:      `patterns` as typed; of `pace` its count and pace.
/// Cost:    one SCAN per `count` keys, until the first such key, or for one second.
asio::awaitable<void> hint_at_prefix(Context& context, std::shared_ptr<redis::Deployment> servers,
                                     std::vector<std::string> patterns, redis::ScanOptions pace);

}  // namespace rcache
