#include <doctest/doctest.h>

#include "redis/scan_reply.h"

namespace rcache::redis {
namespace {

Reply scan_reply(Reply cursor, std::vector<Reply> keys) {
  return Reply{std::vector<Reply>{std::move(cursor), Reply{std::move(keys)}}};
}

TEST_CASE("parse_scan_reply: a cursor is an unsigned 64-bit number") {
  const auto read = parse_scan_reply(
      scan_reply(Reply{std::string("18446744073709551615")}, {Reply{std::string("a\0b", 3)}}));
  REQUIRE(read);
  CHECK(read->cursor == 18446744073709551615U);
  CHECK(read->keys == std::vector<std::string>{std::string("a\0b", 3)});
}

TEST_CASE("parse_scan_reply: any other shape is refused, in one line that says why") {
  struct Case {
    std::string name;
    Reply reply;
    std::string why;
  };
  const std::string list = "cannot read the reply of SCAN: it is not a cursor and a list";
  const Case cases[] = {
      {"not a list", Reply{std::int64_t{0}}, list},
      {"one part", Reply{std::vector<Reply>{Reply{std::string("0")}}}, list},
      {"the keys are no list", Reply{std::vector<Reply>{Reply{std::string("0")}, Reply{Nil{}}}},
       list},
      {"the cursor is a number", scan_reply(Reply{std::int64_t{0}}, {}), list},
      {"an empty cursor", scan_reply(Reply{std::string()}, {}),
       "cannot read the reply of SCAN: '' is not a cursor"},
      {"a negative cursor", scan_reply(Reply{std::string("-1")}, {}),
       "cannot read the reply of SCAN: '-1' is not a cursor"},
      {"more than 2^64 - 1", scan_reply(Reply{std::string("18446744073709551616")}, {}),
       "cannot read the reply of SCAN: '18446744073709551616' is not a cursor"},
      {"words behind the number", scan_reply(Reply{std::string("12 ")}, {}),
       "cannot read the reply of SCAN: '12 ' is not a cursor"},
      {"a key that is a number", scan_reply(Reply{std::string("0")}, {Reply{std::int64_t{1}}}),
       "cannot read the reply of SCAN: a key is not a string"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto read = parse_scan_reply(c.reply);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::protocol);
    CHECK(read.error().message == c.why);
  }
}

}  // namespace
}  // namespace rcache::redis
