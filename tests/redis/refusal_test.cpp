#include "redis/refusal.h"

#include <doctest/doctest.h>

namespace rcache::redis {
namespace {

TEST_CASE("refusal: the first word decides, whatever the version says behind it") {
  struct Case {
    const char* words;
    ErrorKind kind;
    const char* message;
  };
  constexpr auto k_connect = ErrorKind::connect;
  constexpr auto k_server = ErrorKind::server;
  const Case cases[] = {
      {"NOAUTH Authentication required.", k_connect, "h:1 wants a password"},
      {"WRONGPASS invalid username-password pair", k_connect,
       "h:1 refused the login: WRONGPASS invalid username-password pair"},
      {"NOPERM this user has no permissions to run the 'info' command", k_connect,
       "h:1 does not allow it: NOPERM this user has no permissions to run the 'info' command"},
      {"NOPERM User bob has no permissions to access one of the keys", k_connect,
       "h:1 does not allow it: NOPERM User bob has no permissions to access one of the keys"},
      {"DENIED Redis is running in protected mode because protected mode is enabled", k_connect,
       "h:1 is in protected mode: it takes connections from its own host only"},
      {"-DENIED Redis is running in protected mode", k_connect,
       "h:1 is in protected mode: it takes connections from its own host only"},
      {"LOADING Redis is loading the dataset in memory", k_connect,
       "h:1 is still loading its data into memory"},
      {"ERR max number of clients reached", k_connect,
       "h:1 has no room for another client: ERR max number of clients reached"},
      {"ERR max number of clients + cluster connections reached", k_connect,
       "h:1 has no room for another client: ERR max number of clients + cluster connections "
       "reached"},
      {"BUSY Redis is busy running a script.", k_server,
       "h:1 answered: BUSY Redis is busy running a script."},
      {"WRONGTYPE", k_server, "h:1 answered: WRONGTYPE"},
      {"", k_server, "h:1 answered: "},
      {"ERR \x1b[2J\xff", k_server, "h:1 answered: ERR \\x1b[2J\\xff"},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.words));
    const auto error = refusal("h:1", ServerError(c.words));
    CHECK(error.kind == c.kind);
    CHECK(error.message == c.message);
    CHECK((error.kind == k_server) == error.hint.empty());
  }
}

// Servers repeat the arguments of a command that they do not know, and an argument may be a
// password.
TEST_CASE("refusal: what the server repeats of our words is left out") {
  for (const char* words :
       {"ERR unknown command 'AUTH', with args beginning with: 'alice' 'S3CR3T' ",
        "ERR unknown command `AUTH`, with args beginning with: `S3CR3T`, "}) {
    CAPTURE(std::string(words));
    const auto error = refusal("h:1", ServerError(words));
    CHECK(error.message.find("S3CR3T") == std::string::npos);
    CHECK(error.message.starts_with("h:1 answered: ERR unknown command "));
  }
}

}  // namespace
}  // namespace rcache::redis
