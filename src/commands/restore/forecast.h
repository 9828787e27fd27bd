#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "commands/restore/batch.h"
#include "commands/restore/nodes.h"

namespace rcache::restore {

/// What one server is about to get.
struct Share {
  redis::Node node;
  std::uint64_t payload_bytes = 0;
  std::string first_key;
};

/// Walks through the file once more, to know what goes where before anything is sent. Only servers
/// that get something.
///
/// In:      a reader at the first record; afterwards it stands at the end.
/// Errors:  those of BatchReader.
Result<std::vector<Share>> forecast(BatchReader records, const Nodes& nodes);

}  // namespace rcache::restore
