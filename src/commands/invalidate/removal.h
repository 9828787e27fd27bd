#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/invalidate/job.h"

namespace rcache::invalidate {

/// Keys of one node, judged and meant to go.
struct Removal {
  redis::Address node;
  std::shared_ptr<redis::Client> client;
  std::vector<std::string> keys;
  bool again = false;  ///< they may have been saved before
};

/// Removes the keys, or gives them their TTL; with --backup saves them first. Their fate goes into
/// the ledger.
///
/// Out:     those whose fate is open: the server would not take them now, or the connection was
/// lost. Cost:    standalone one UNLINK; in a cluster one for each slot, in one round trip. With
/// --expire-in and
///          --spread one PEXPIRE for each key. With --backup see saving.h.
asio::awaitable<std::vector<std::string>> remove_keys(std::shared_ptr<Job> job, Removal removal);

/// The same without saving: for those that are saved already.
asio::awaitable<std::vector<std::string>> remove_now(std::shared_ptr<Job> job, Removal removal);

/// Tries again what is in job->later, after a new look at who is in charge. What then is still open
/// has failed. Cost:    a refresh and the removal, at most five times.
asio::awaitable<void> settle_later(std::shared_ptr<Job> job);

/// The keys of each slot together, as UNLINK wants them in a cluster.
std::vector<std::vector<std::string>> by_slot(std::vector<std::string> keys);

/// The node that serves the key by the deployment's map; null when none does.
const redis::Node* owner_of(const redis::Deployment& servers, std::string_view key);

/// Enters an error reply to a removal of these keys, where one word is enough; returns them when
/// they are to be tried again later.
std::vector<std::string> enter_refusal(Job& job, const Removal& removal,
                                       const redis::ServerError& error);

}  // namespace rcache::invalidate
