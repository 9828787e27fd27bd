#include "redis/expiry.h"

#include <doctest/doctest.h>

#include "redis/replies.h"

namespace rcache::redis {

// Source: https://redis.io/docs/latest/commands/pexpiretime/ and .../pttl/ (return values)
TEST_CASE("expiry: a moment is taken as it is, what is left counts from the server's clock") {
  const auto moment = read_expiry(Reply{std::int64_t{1000}}, ExpiryCommand::pexpiretime, 5);
  REQUIRE(moment);
  CHECK(*moment == 1000);
  const auto left = read_expiry(Reply{std::int64_t{1000}}, ExpiryCommand::pttl, 5);
  REQUIRE(left);
  CHECK(*left == 1005);
}

TEST_CASE("expiry: a key without expiry and one that is gone have none, whatever the clock") {
  for (const auto command : {ExpiryCommand::pexpiretime, ExpiryCommand::pttl}) {
    for (const std::int64_t none : {-1, -2}) {
      const auto expiry = read_expiry(Reply{none}, command, std::nullopt);
      REQUIRE(expiry);
      CHECK_FALSE(expiry->has_value());
    }
  }
}

TEST_CASE("expiry: what was not told is an error, and never no expiry") {
  const auto refused = read_expiry(Reply{ServerError{"NOPERM no"}}, ExpiryCommand::pexpiretime, 5);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::server);
  CHECK(refused.error().message.find("NOPERM no") != std::string::npos);
  const auto clockless = read_expiry(Reply{std::int64_t{1}}, ExpiryCommand::pttl, std::nullopt);
  REQUIRE_FALSE(clockless);
  CHECK(clockless.error().message == "the server refuses TIME");
  CHECK_FALSE(read_expiry(Reply{Nil{}}, ExpiryCommand::pttl, 5));
}

TEST_CASE("expiry: PEXPIRETIME is asked from Redis 7 on") {
  Identity identity;
  identity.version = "6.2.14";
  CHECK(to_string(expiry_command_of(identity)) == "PTTL");
  identity.version = "7.0.15";
  CHECK(to_string(expiry_command_of(identity)) == "PEXPIRETIME");
  identity.version = "";
  CHECK(to_string(expiry_command_of(identity)) == "PTTL");
}

}  // namespace rcache::redis
