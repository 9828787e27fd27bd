#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/key_pattern.h"

namespace rcache::invalidate {

/// Why a run ended.
enum class Reason {
  done,          ///< all of it
  dry_run,       ///< looked only, as asked
  declined,      ///< the question was answered with something else than yes
  max_keys,      ///< more keys match than --max-keys allows
  max_time,      ///< --max-time
  stop_file,     ///< --stop-file appeared
  interrupted,   ///< Ctrl-C, SIGTERM
  incomplete,    ///< not everything could be covered: `reasons` says what
  failed_keys,   ///< covered, but some keys could not be removed
  not_verified,  ///< --verify found keys that still match
  replicas,      ///< --wait: too few replicas have it
  publish,       ///< --publish: a message could not be sent
  backup,        ///< the backup file could not be written: nothing unsaved was removed
  server         ///< the server was lost, or refuses all removals
};

/// "done", "dry-run", "max-keys"...: the JSON field `reason`.
std::string to_string(Reason reason);

struct NodeReceipt {
  std::string address;
  std::uint64_t scanned = 0;
  std::uint64_t matched = 0;
  std::uint64_t removed = 0;
  std::optional<std::string> error;
};

/// A key that could not be removed, and the server's words.
struct Failure {
  std::string key;  ///< without the key prefix
  std::string why;
};

/// How removal happened.
enum class How { unlink, del, expire };

/// What was done: true at every moment, so that it can be printed whenever the run ends.
/// removed + expiring + gone + failed + protected_keys == matched, except in a dry run.
struct Receipt {
  std::vector<std::string> patterns;  ///< as typed
  std::vector<std::string> tags;
  bool dry_run = false;
  bool complete = false;
  bool covered = false;  ///< every slot was walked; complete also means that every key went
  std::uint64_t scanned = 0;
  std::uint64_t matched = 0;
  std::uint64_t removed = 0;
  std::uint64_t expiring = 0;  ///< --spread, --expire-in: have a TTL within the window now
  std::uint64_t gone = 0;
  std::uint64_t failed = 0;
  std::uint64_t protected_keys = 0;
  std::uint64_t tags_removed = 0;
  std::uint64_t orphans = 0;  ///< on nodes that do not own their slot: cannot be removed there
  std::uint64_t uncertain =
      0;  ///< of `gone`: the connection was lost while they were being removed
  How how = How::unlink;
  std::optional<double> spread_seconds;  ///< --spread or --expire-in
  std::optional<std::string> backup;     ///< the file's path
  std::uint64_t backup_records = 0;
  std::uint64_t backup_bytes = 0;
  std::optional<std::uint64_t>
      verified_left;                      ///< --verify: how many matching keys a last scan found
  std::optional<std::uint64_t> replicas;  ///< --wait: the least number of replicas that have it
  Reason reason = Reason::done;
  int passes = 1;
  std::vector<std::string> reasons;    ///< why it is not complete, in words
  std::vector<Failure> failures;       ///< at most the first 20
  std::vector<std::string> published;  ///< messages sent
  std::string publish_channel;
  std::chrono::milliseconds elapsed{0};
  std::string throttled_by;  ///< "--rate": what held it back most of the time; "" when nothing did
  std::vector<KeyGroup> groups;
  bool groups_folded = false;
  std::vector<NodeReceipt> nodes;
};

}  // namespace rcache::invalidate
