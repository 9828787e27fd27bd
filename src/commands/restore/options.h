#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "commands/flags.h"
#include "commands/restore/request.h"
#include "core/glob.h"

namespace rcache::restore {

/// How much is in memory, and on its way, at once.
struct Bounds {
  std::size_t batch_records = 500;
  /// A record that is larger than this goes alone.
  std::size_t batch_bytes = std::size_t{1} << 20U;
  /// What a server takes as one argument; more of it ends the connection.
  /// Source:  redis.conf, proto-max-bulk-len (512 MiB by default)
  std::size_t value_bytes = std::size_t{512} << 20U;
};

/// What was typed behind `rcache restore`.
struct Options {
  std::string file;
  Format format = Format::text;
  bool dry_run = false;
  bool replace = false;
  bool allow_evictions = false;
  bool other_database = false;
  Yes yes;  ///< wanted where keys of a production profile are overwritten
  TtlMode ttl = TtlMode::keep;
  std::optional<Glob> match;  ///< as typed: without the key prefix
  Bounds bounds = {};

  Existing existing() const { return replace ? Existing::replace : Existing::keep; }
};

}  // namespace rcache::restore
