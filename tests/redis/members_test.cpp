#include "redis/members.h"

#include <doctest/doctest.h>

#include "redis/key_lives.h"

namespace rcache::redis {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Reply text(std::string bytes) {
  return Reply{std::move(bytes)};
}

Reply page(std::vector<std::string> words) {
  std::vector<Reply> list;
  for (auto& word : words) list.push_back(text(std::move(word)));
  return Reply{std::vector<Reply>{text("0"), Reply{std::move(list)}}};
}

}  // namespace

TEST_CASE("members: a page of a set has names, one of a sorted set or hash has values too") {
  const auto set = parse_member_page(ContainerType::set, page({"a", "b"}));
  REQUIRE(set);
  REQUIRE(set->members.size() == 2);
  CHECK(set->members[1].name == "b");
  const auto zset = parse_member_page(ContainerType::zset, page({"a", "1.5", "b", "-1"}));
  REQUIRE(zset);
  REQUIRE(zset->members.size() == 2);
  CHECK(zset->members[1].name == "b");
  CHECK(zset->members[1].value == "-1");
  CHECK_FALSE(parse_member_page(ContainerType::hash, page({"a", "1", "b"})));
  CHECK_FALSE(parse_member_page(ContainerType::set, Reply{std::int64_t{1}}));
}

TEST_CASE("members: each type of container has its words") {
  const std::vector<Member> some{{"a", "1"}, {"b", "2"}};
  CHECK(scan_words(ContainerType::hash, "h", 7, 10) == Args{"HSCAN", "h", "7", "COUNT", "10"});
  CHECK(remove_words(ContainerType::zset, "z", some) == Args{"ZREM", "z", "a", "b"});
  CHECK(put_back_words(ContainerType::set, "s", some) ==
        std::vector<Args>{{"SADD", "s", "a", "b"}});
  CHECK(put_back_words(ContainerType::zset, "z", some) ==
        std::vector<Args>{{"ZADD", "z", "NX", "1", "a", "2", "b"}});
  CHECK(put_back_words(ContainerType::hash, "h", some) ==
        std::vector<Args>{{"HSETNX", "h", "a", "1"}, {"HSETNX", "h", "b", "2"}});
  CHECK(put_back_words(ContainerType::set, "s", {}).empty());
  CHECK(is_member(text("1.5")));
  CHECK_FALSE(is_member(Reply{Nil{}}));
  CHECK_FALSE(is_member(Reply{std::int64_t{0}}));
}

TEST_CASE("key_lives: a key outlives another only if it does so at every moment it may have been") {
  const auto now = steady_clock::now();
  const auto life = [&](std::int64_t pttl, int sent_ms, int received_ms) {
    return life_of(Reply{pttl}, now + milliseconds(sent_ms), now + milliseconds(received_ms));
  };
  const milliseconds tolerance{1000};
  const auto tag = life(60'000, 0, 500);
  CHECK(outlives(life(62'000, 0, 500), tag, tolerance));
  CHECK_FALSE(outlives(life(61'400, 0, 500), tag, tolerance));  // it may be 0.9 s only
  CHECK_FALSE(outlives(life(30'000, 5'000, 5'100), tag, tolerance));
  CHECK(outlives(life(60'000, 5'000, 5'100), tag, tolerance));
  CHECK(outlives(life(-1, 0, 0), tag, tolerance));
  CHECK_FALSE(outlives(life(-2, 0, 0), tag, tolerance));
  CHECK_FALSE(outlives(life(-1, 0, 0), life(-1, 0, 0), tolerance));
  CHECK_FALSE(outlives(life(-1, 0, 0), life(-2, 0, 0), tolerance));
}

TEST_CASE("key_lives: what is no answer to PTTL is unknown, and centuries are no overflow") {
  const auto now = steady_clock::now();
  CHECK(life_of(text("1"), now, now).state == KeyLife::State::unknown);
  CHECK(life_of(Reply{ServerError("NOPERM")}, now, now).state == KeyLife::State::unknown);
  CHECK(life_of(Reply{std::int64_t{-3}}, now, now).state == KeyLife::State::unknown);
  const auto long_life = life_of(Reply{std::int64_t{9'000'000'000'000'000'000}}, now, now);
  CHECK(long_life.state == KeyLife::State::expiring);
  CHECK(long_life.earliest > now);
  CHECK(long_life.left(now + std::chrono::hours(24 * 365 * 101)).count() == 0);
}

}  // namespace rcache::redis
