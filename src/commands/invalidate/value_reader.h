#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backup/record.h"
#include "commands/invalidate/removal.h"
#include "redis/expiry.h"

namespace rcache::invalidate {

/// What DUMP and its companions said of some keys.
struct Saved {
  std::vector<backup::Value> values;
  std::vector<std::string> open;  ///< to be tried again later
  std::optional<Error> refused;   ///< DUMP itself: nothing can be saved here
};

/// Reads keys of one node over one connection as they are, and puts them into the backup file.
class ValueReader {
 public:
  ValueReader(std::shared_ptr<Job> job, const Removal& removal,
              std::shared_ptr<redis::Client> client);

  enum class Watch { no, yes };

  /// Reads values and expiry of the keys. Those that are gone or refused go into the ledger.
  ///
  /// Errors:  connect, when the connection is lost: nothing was entered.
  /// Cost:    TIME, and for each key PEXPIRETIME (PTTL before Redis 7) and DUMP, in one round trip.
  asio::awaitable<Result<Saved>> read(std::vector<std::string> keys, Watch watch);

  /// Puts the values into the file. Errors: output.
  asio::awaitable<Result<void>> store(const std::vector<backup::Value>& values);

 private:
  void enter_refused(std::vector<std::string> keys, const redis::ServerError& error, Saved& saved);
  void take(std::string key, const redis::Reply& expiry, redis::Reply& dump,
            std::optional<std::int64_t> now, Saved& saved);

  std::shared_ptr<Job> job_;
  redis::Address node_;
  std::shared_ptr<redis::Client> client_;
  redis::ExpiryCommand expiry_;
};

/// What was read and could not be stored stays where it is: the run stops.
void stop_unsaved(Job& job, const redis::Address& node, const std::vector<backup::Value>& values,
                  const Error& error);

}  // namespace rcache::invalidate
