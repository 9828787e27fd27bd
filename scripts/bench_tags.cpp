// `rcache tags check` of one large tag against a bare SSCAN of it.

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include "bench_keyspace.h"
#include "bench_tables.h"

namespace rcache::bench {
namespace {

constexpr int k_rounds = 5;
constexpr const char* k_tag = "tag:big";

std::string member(std::size_t i) {
  return fmt::format("contacts:org1:list:page:{}:sort:name", i);
}

/// A healthy tag: every member is there, and goes before its tag.
void fill_tag(test::Server& server, std::size_t members) {
  constexpr std::size_t k_at_once = 500;
  for (std::size_t i = 0; i < members; i += k_at_once) {
    std::vector<Words> commands;
    Words add{"SADD", k_tag};
    for (std::size_t j = i; j < std::min(members, i + k_at_once); ++j) {
      commands.push_back({"SET", member(j), "value", "EX", "80000"});
      add.push_back(member(j));
    }
    commands.push_back(std::move(add));
    server.pipeline(commands);
  }
  server.command({"EXPIRE", k_tag, "86400"});
}

}  // namespace

int walk_members(const Words& words) {
  redisContext* context = redisConnectUnix(words.at(0).c_str());
  if (context == nullptr || context->err != 0) throw test::Failure("cannot connect");
  std::string cursor = "0";
  std::uint64_t members = 0;
  do {
    auto* reply = static_cast<redisReply*>(
        redisCommand(context, "SSCAN %s %s COUNT 1000", k_tag, cursor.c_str()));
    if (reply == nullptr || reply->elements != 2) throw test::Failure("SSCAN failed");
    cursor = reply->element[0]->str;
    members += reply->element[1]->elements;
    freeReplyObject(reply);
  } while (cursor != "0");
  redisFree(context);
  fmt::print("{}\n", members);
  return 0;
}

void tags_table(const std::string& rcache_program) {
  const auto members = default_keys();
  test::Server server;
  fill_tag(server, members);
  const auto url = server.url();
  fmt::print("A tag of {} members, unix socket, {} rounds (goal: less than 3 times the SSCAN)\n\n",
             with_commas(members), k_rounds);
  compare({{"rcache tags check big", {rcache_program, "tags", "check", "big", "-u", url}},
           {"rcache tags show big -o csv",
            {rcache_program, "tags", "show", "big", "-o", "csv", "-u", url}},
           {"rcache tags check (a SCAN for tags besides)",
            {rcache_program, "tags", "check", "-u", url}},
           {"a bare loop of SSCAN, COUNT 1000", {self(), "members", server.socket_path()}}},
          k_rounds);
}

}  // namespace rcache::bench
