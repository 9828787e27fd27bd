#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "commands/invalidate/job.h"

namespace rcache::invalidate {

/// Removes the members of each --tag, and then from its set those members that are gone: it is read
/// in pages, and a member that is added meanwhile stays in it. An empty set goes by itself.
///
/// Out:     false when a set could not be worked through; the reasons stand in the receipt.
/// Cost:    per 500 members one SSCAN, the removal, one SREM, and the removal once more, so that a
/// key that was
///          written anew between the two does not stay without its tag.
/// Source:  https://redis.io/docs/latest/commands/sscan/
asio::awaitable<bool> sweep_tags(std::shared_ptr<Job> job);

/// What a dry run can say of the tags.
struct TagLook {
  std::uint64_t members = 0;
  std::uint64_t kept = 0;
  std::vector<std::string> sets;  ///< that exist, without the key prefix
  bool complete = true;
};

using TagVisitor = std::function<void(const redis::Node&, std::string& key, Verdict verdict)>;

/// Reads the members of each --tag and shows their keys to `visit`. Cost: per 500 members one
/// SSCAN.
asio::awaitable<TagLook> look_at_tags(std::shared_ptr<Job> job, TagVisitor visit);

}  // namespace rcache::invalidate
