#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rcache::restore {

/// A record that was not restored, and why.
struct Failure {
  std::uint64_t offset = 0;  ///< of its record in the file
  std::string key;           ///< empty when the record could not be read
  std::string why;
};

/// What a restore did. restored + existing + expired + superseded + filtered + failed == records +
/// damaged, when it came to the end of the file and no tag's members failed (they count in
/// `failed`, too).
struct RestoreReport {
  std::string file;
  bool dry_run = false;
  bool replace = false;
  std::uint64_t records = 0;      ///< keys in the file, whole ones
  std::uint64_t restored = 0;     ///< in a dry run: would be
  std::uint64_t existing = 0;     ///< left alone
  std::uint64_t expired = 0;      ///< would have expired meanwhile
  std::uint64_t superseded = 0;   ///< a later record of the same key counts
  std::uint64_t filtered = 0;     ///< --match left them out
  std::uint64_t failed = 0;       ///< damaged records and those that the server refused
  std::uint64_t damaged = 0;      ///< of `failed`: cannot be read
  std::uint64_t tag_members = 0;  ///< put back into their tags' sets
  std::uint64_t torn_bytes = 0;
  bool ended = true;  ///< the file has its end mark
  bool complete = false;
  std::string reason;  ///< "done", "dry-run", "interrupted", "evictions", "memory", "server",
                       ///< "file", "failed-records"
  std::vector<std::string> reasons;
  std::vector<Failure> failures;  ///< at most the first 20
  std::chrono::milliseconds elapsed{0};
};

}  // namespace rcache::restore
