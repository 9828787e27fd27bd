#include "redis/members.h"

#include "redis/scan_reply.h"

namespace rcache::redis {
namespace {

/// The word for each type of container.
std::string_view word(ContainerType type, std::string_view set, std::string_view zset,
                      std::string_view hash) {
  return type == ContainerType::set ? set : type == ContainerType::zset ? zset : hash;
}

}  // namespace

Args scan_words(ContainerType type, const std::string& container, std::uint64_t cursor,
                std::uint32_t count) {
  return {std::string(word(type, "SSCAN", "ZSCAN", "HSCAN")), container, std::to_string(cursor),
          "COUNT", std::to_string(count)};
}

Result<MemberPage> parse_member_page(ContainerType type, Reply reply) {
  auto list = parse_scan_reply(std::move(reply));
  if (!list) return fail(std::move(list).error());
  MemberPage page;
  page.cursor = list->cursor;
  auto& words = list->keys;
  if (type == ContainerType::set) {
    page.members.reserve(words.size());
    for (auto& name : words) page.members.push_back({std::move(name), {}});
    return page;
  }
  if (words.size() % 2 != 0)
    return fail(ErrorKind::protocol, "cannot read a page of members: one has no value");
  page.members.reserve(words.size() / 2);
  for (std::size_t i = 0; i < words.size(); i += 2)
    page.members.push_back({std::move(words[i]), std::move(words[i + 1])});
  return page;
}

std::string_view count_command(ContainerType type) {
  return word(type, "SCARD", "ZCARD", "HLEN");
}

Args membership_words(ContainerType type, const std::string& container, const std::string& member) {
  return {std::string(word(type, "SISMEMBER", "ZSCORE", "HEXISTS")), container, member};
}

bool is_member(const Reply& reply) {
  if (const auto* number = reply.get<std::int64_t>()) return *number != 0;
  return reply.get<std::string>() != nullptr;
}

Args remove_words(ContainerType type, const std::string& container,
                  const std::vector<Member>& members) {
  Args words{std::string(word(type, "SREM", "ZREM", "HDEL")), container};
  words.reserve(members.size() + 2);
  for (const auto& member : members) words.push_back(member.name);
  return words;
}

std::vector<Args> put_back_words(ContainerType type, const std::string& container,
                                 const std::vector<Member>& members) {
  std::vector<Args> commands;
  if (members.empty()) return commands;
  if (type == ContainerType::hash) {
    for (const auto& member : members)
      commands.push_back({"HSETNX", container, member.name, member.value});
    return commands;
  }
  Args words{"SADD", container};
  if (type == ContainerType::zset) words = {"ZADD", container, "NX"};
  for (const auto& member : members) {
    if (type == ContainerType::zset) words.push_back(member.value);
    words.push_back(member.name);
  }
  commands.push_back(std::move(words));
  return commands;
}

}  // namespace rcache::redis
