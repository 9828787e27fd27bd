#include "redis/login.h"

#include <doctest/doctest.h>

#include "redis/replies.h"

namespace rcache::redis {
namespace {

const Address k_address{.host = "h", .port = 1, .socket_path = {}};
const Reply k_info_reply = bulk(
    "redis_version:7.0.15\r\nredis_mode:standalone\r\nrun_id:abc\r\nrole:master\r\nloading:0\r\n");

Endpoint with_password(std::string user, std::string password) {
  Endpoint endpoint;
  endpoint.user = std::move(user);
  endpoint.password = std::move(password);
  return endpoint;
}
Endpoint with_database(int database) {
  Endpoint endpoint;
  endpoint.database = database;
  return endpoint;
}

TEST_CASE("login_commands: what is sent for each setting") {
  struct Case {
    const char* name;
    Endpoint endpoint;
    std::vector<Args> before;
    std::vector<Args> after;
  };
  Endpoint only_user;
  only_user.user = "alice";
  const Case cases[] = {
      {"nothing set", {}, {}, {}},
      {"password", with_password("", "p"), {{"AUTH", "p"}}, {}},
      {"empty password", with_password("", ""), {{"AUTH", ""}}, {}},
      {"user and password", with_password("alice", "p"), {{"AUTH", "alice", "p"}}, {}},
      {"user without a password", only_user, {{"AUTH", "alice", ""}}, {}},
      {"database", with_database(3), {}, {{"SELECT", "3"}}},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.name));
    Commands expected;
    for (const auto& words : c.before) expected.add(words);
    expected.add({"CLIENT", "SETNAME", "rcache"});
    expected.add({"INFO"});
    for (const auto& words : c.after) expected.add(words);
    CHECK(login_commands(c.endpoint).bytes() == expected.bytes());
  }
}

TEST_CASE("read_login: who answers") {
  const auto welcome =
      read_login(k_address, with_database(2), {status("OK"), k_info_reply, status("OK")});
  REQUIRE(welcome);
  CHECK(welcome->identity.version == "7.0.15");
  CHECK(welcome->identity.run_id == "abc");
  CHECK(welcome->identity.role == "master");
  CHECK(welcome->info.text("redis_mode") == "standalone");
}

TEST_CASE("read_login: a user who may do little still comes in") {
  const auto no = refused("NOPERM this user has no permissions to run the 'info' command");
  const auto welcome = read_login(k_address, {}, {no, no});
  REQUIRE(welcome);
  CHECK(welcome->info.empty());
  CHECK(welcome->identity.run_id == "");
  CHECK(
      read_login(k_address, {},
                 {refused("ERR unknown command 'CLIENT'"), refused("ERR unknown command 'INFO'")}));
}

TEST_CASE("read_login: each refusal in a line of its own, of kind connect") {
  const auto ok = status("OK");
  const auto noauth = refused("NOAUTH Authentication required.");
  const auto echo = refused("ERR unknown command 'AUTH', with args beginning with: 'S3CR3T' ");
  struct Case {
    const char* name;
    Endpoint endpoint;
    std::vector<Reply> replies;
    const char* message;
    const char* hint;
  };
  const Case cases[] = {
      {"no password given",
       {},
       {noauth, noauth},
       "h:1 wants a password",
       "give it with --askpass, --pass-file FILE or RCACHE_PASSWORD"},
      {"wrong password",
       with_password("", "S3CR3T"),
       {refused("WRONGPASS invalid username-password pair or user is disabled."), noauth, noauth},
       "h:1 refused the login: WRONGPASS invalid username-password pair or user is disabled.",
       "check the user (--user) and the password"},
      {"password for a server that has none",
       with_password("", "S3CR3T"),
       {refused("ERR AUTH <password> called without any password configured for the default user. "
                "Are you sure your "
                "configuration is correct?"),
        ok, k_info_reply},
       "h:1 refused the login: ERR AUTH <password> called without any password configured for the "
       "default user. Are you "
       "sure your configuration is correct?",
       "leave the password out, or name a user with --user"},
      {"AUTH is renamed away, and our words are echoed",
       with_password("", "S3CR3T"),
       {echo, ok, k_info_reply},
       "h:1 refused the login: ERR unknown command 'AUTH'",
       "leave the password out, or name a user with --user"},
      {"loading",
       {},
       {ok, bulk("loading:1\r\nloading_loaded_perc:42.50\r\nloading_eta_seconds:7\r\n")},
       "h:1 is still loading its data into memory (42 %, about 7s left)",
       "try again when it is done"},
      {"loading, and INFO does not say how far",
       {},
       {ok, bulk("loading:1\r\n")},
       "h:1 is still loading its data into memory",
       "try again when it is done"},
      {"loading, in the words of an old server",
       {},
       {ok, refused("LOADING Redis is loading the dataset in memory")},
       "h:1 is still loading its data into memory",
       "try again when it is done"},
      {"no such database",
       with_database(99),
       {ok, k_info_reply, refused("ERR DB index is out of range")},
       "h:1 has no database 99: ERR DB index is out of range",
       "check -n, or the database in the URL"},
      {"a database of a cluster",
       with_database(1),
       {ok, bulk("redis_mode:cluster\r\n"), refused("ERR SELECT is not allowed in cluster mode")},
       "h:1 has no database 1: ERR SELECT is not allowed in cluster mode",
       "a cluster has database 0 only: leave -n out"},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.name));
    const auto welcome = read_login(k_address, c.endpoint, c.replies);
    REQUIRE_FALSE(welcome);
    CHECK(welcome.error().kind == ErrorKind::connect);
    CHECK(welcome.error().message == c.message);
    CHECK(welcome.error().hint == c.hint);
  }
}

TEST_CASE("takes_no_touch: where it exists, and never in a cluster, where it crashes Redis 8.0") {
  struct Case {
    std::string flavor;
    std::string version;
    std::string mode;
    bool takes;
  };
  const Case cases[] = {
      {"redis", "7.0.15", "standalone", false},
      {"redis", "7.2.0", "standalone", true},
      {"redis", "8.0.2", "standalone", true},
      {"valkey", "8.1.1", "standalone", true},
      {"redict", "7.3.6", "standalone", true},
      {"redis", "8.0.2", "cluster", false},
      {"valkey", "8.1.1", "cluster", false},
      {"redis", "8.0.2", "sentinel", false},
      {"redis", "", "", false},
  };
  for (const auto& c : cases) {
    CAPTURE(c.flavor + " " + c.version + " " + c.mode);
    Identity identity;
    identity.flavor = c.flavor;
    identity.version = c.version;
    identity.mode = c.mode;
    CHECK(takes_no_touch(identity) == c.takes);
  }
}

}  // namespace
}  // namespace rcache::redis
