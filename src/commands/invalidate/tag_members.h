#pragma once

#include <memory>
#include <vector>

#include "commands/invalidate/tag_containers.h"

namespace rcache::invalidate {

using TagMembers = std::vector<redis::Member>;

/// What the members of one page came to.
struct MembersPage {
  TagMembers gone;    ///< members whose key is not there any more
  TagMembers failed;  ///< members whose key could not be removed
};

/// Removes the keys of a page, each on its node. Protected and excluded ones stay, and their
/// members too.
asio::awaitable<MembersPage> remove_members(std::shared_ptr<Job> job, TagContainer container,
                                            TagMembers members);

/// Takes members out of the container, saved first with --backup, and looks once more for their
/// keys: one that was written in between is live and has no tag, so it goes as well, or, when it
/// cannot, gets its tag back.
/// Cost: one SREM (ZREM, HDEL), and what remove_members() costs.
asio::awaitable<Result<void>> forget_for_good(std::shared_ptr<Job> job, TagContainer container,
                                              TagMembers members);

}  // namespace rcache::invalidate
