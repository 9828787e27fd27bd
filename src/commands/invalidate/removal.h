#pragma once

#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "commands/invalidate/job.h"

namespace rcache::invalidate {

using Keys = std::vector<std::string>;

inline void append(Keys& to, Keys from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

/// Keys of one node, judged and meant to go.
struct Removal {
  redis::Address node;
  std::shared_ptr<redis::Client> client;
  std::vector<std::string> keys;
};

/// Removes the keys, or gives them their TTL; with --backup saves them first. Their fate goes into
/// the ledger.
///
/// Out:     those whose fate is open: the server would not take them now, the connection was lost,
/// or
///          the run was stopped before they were sent.
/// Cost:    standalone one UNLINK; in a cluster one for each slot, in one round trip. With
/// --expire-in
///          and --spread one PEXPIRE for each key. With --backup see saving.h.
asio::awaitable<std::vector<std::string>> remove_keys(std::shared_ptr<Job> job, Removal removal);

/// The same without saving: for those that are saved already.
asio::awaitable<std::vector<std::string>> remove_now(std::shared_ptr<Job> job, Removal removal);

/// Tries again what is in job->later, after a new look at who is in charge. What then is still open
/// has failed; what a stop leaves over was not touched and is not entered.
///
/// Cost:    a refresh and the removal, at most five times.
asio::awaitable<void> settle_later(std::shared_ptr<Job> job);

/// The keys of each slot together, as UNLINK wants them in a cluster.
std::vector<std::vector<std::string>> by_slot(std::vector<std::string> keys);

}  // namespace rcache::invalidate
