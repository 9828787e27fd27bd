#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/tags/survey.h"
#include "redis/members.h"

namespace rcache::tags {

/// A member and the key that it names, as they were found.
struct LookedMember {
  redis::Member member;
  std::string key;  ///< as the server has it
  redis::KeyLife life;
  bool dead = false;      ///< twice asked, twice gone
  bool outlives = false;  ///< it is there for longer than its tag, twice asked
};

/// Asks for the keys of some members. Those that look wrong are asked for once more, and then their
/// tag: an application that writes a key and its tag meanwhile is no finding.
///
/// Out:     all members, in order. What is unknown is said in the survey.
/// Errors:  interrupted.
/// Cost:    one PTTL for each member; one more for each that looks wrong, and one for the tag.
asio::awaitable<Result<std::vector<LookedMember>>> look_at_members(
    std::shared_ptr<Survey> survey, Container container, redis::KeyLife tag_life,
    std::vector<redis::Member> members);

}  // namespace rcache::tags
