#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/invalidate/job.h"
#include "redis/members.h"

namespace rcache::invalidate {

/// A key that can hold a tag's members.
struct TagContainer {
  std::string key;  ///< as the server has it
  TagNaming::Name name;
};

struct FoundContainers {
  std::vector<TagContainer> containers;  ///< sorted by key; they need not exist
  bool complete = true;  ///< false: a search could not see all; why stands in the receipt
};

/// The containers of a tag: named by the layout, or searched for where it leaves a prefix open.
/// Cost: none, or one SCAN over the keyspace.
asio::awaitable<Result<FoundContainers>> containers_of(std::shared_ptr<Job> job, std::string tag);

/// Sends to whoever has the container; an error reply is an error in the server's words.
asio::awaitable<Result<redis::Reply>> ask(std::shared_ptr<Job> job, std::string container,
                                          redis::Args words);

/// One page of its members.
asio::awaitable<Result<redis::MemberPage>> page_of(std::shared_ptr<Job> job, std::string container,
                                                   std::uint64_t cursor);

asio::awaitable<Result<std::int64_t>> members_in(std::shared_ptr<Job> job, std::string container);

}  // namespace rcache::invalidate
