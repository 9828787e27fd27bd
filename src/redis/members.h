#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/tag_layout.h"
#include "redis/client.h"

namespace rcache::redis {

/// One member of a set, sorted set or hash.
struct Member {
  std::string name;
  std::string value;  ///< the score, or the hash's value; "" in a set
};

struct MemberPage {
  std::uint64_t cursor = 0;  ///< 0: the walk is over
  std::vector<Member> members;
};

/// SSCAN, ZSCAN or HSCAN from a cursor.
Args scan_words(ContainerType type, const std::string& container, std::uint64_t cursor,
                std::uint32_t count);

/// Reads the reply.
/// Errors:  protocol, for any other shape.
Result<MemberPage> parse_member_page(ContainerType type, Reply reply);

/// SCARD, ZCARD or HLEN.
std::string_view count_command(ContainerType type);

/// SISMEMBER, ZSCORE or HEXISTS of one member: see is_member().
Args membership_words(ContainerType type, const std::string& container, const std::string& member);
bool is_member(const Reply& reply);

/// SREM, ZREM or HDEL of some members: answers how many were there.
Args remove_words(ContainerType type, const std::string& container,
                  const std::vector<Member>& members);

/// Puts members back as they were, unless they are there again: SADD, ZADD NX, or HSETNX for each.
std::vector<Args> put_back_words(ContainerType type, const std::string& container,
                                 const std::vector<Member>& members);

}  // namespace rcache::redis
