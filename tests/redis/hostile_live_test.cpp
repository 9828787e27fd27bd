#include <doctest/doctest.h>

#include "redis/asio.h"
#include "redis/fake_server.h"
#include "redis/live.h"
#include "redis/replies.h"

namespace rcache::redis {
namespace {

TEST_CASE("hostile: whoever answers in place of a Redis server is named in one line") {
  const auto connect_kind = ErrorKind::connect;
  const auto protocol = ErrorKind::protocol;
  struct Case {
    const char* name;
    std::vector<Turn> turns;
    Afterwards afterwards;
    ErrorKind kind;
    const char* words;
  };
  const Case cases[] = {
      {"a web server",
       {{1, "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n"}},
       Afterwards::close,
       connect_kind,
       "is not a Redis server: it answered 'HTTP/1.1 400 Bad Request'"},
      {"a mail server",
       {{0, "220 mail.example ESMTP \x1b[2J\r\n"}},
       Afterwards::keep_open,
       connect_kind,
       "is not a Redis server: it answered '220 mail.example ESMTP \\x1b[2J'"},
      {"a long line of a stranger",
       {{0, std::string(5000, 'x')}},
       Afterwards::keep_open,
       connect_kind,
       "is not a Redis server: it answered 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"},
      {"a TLS alert",
       {{1, std::string("\x15\x03\x01\x00\x02\x02\x16", 7)}},
       Afterwards::close,
       connect_kind,
       "speaks TLS, and was spoken to in plain text"},
      {"closes at once",
       {},
       Afterwards::close,
       connect_kind,
       "closed the connection before it answered: "},
      {"closes in the middle",
       {{k_login, "+OK\r\n-ERR"}},
       Afterwards::close,
       connect_kind,
       "lost the connection to "},
      {"too many clients",
       {{0, "-ERR max number of clients reached\r\n"}},
       Afterwards::close,
       connect_kind,
       "has no room for another client: ERR max number of clients reached"},
      {"protected mode",
       {{0, "-DENIED Redis is running in protected mode because protected mode is enabled.\r\n"}},
       Afterwards::close,
       connect_kind,
       "is in protected mode: it takes connections from its own host only"},
      {"loading",
       {{k_login,
         login_replies("loading:1\r\nloading_loaded_perc:9.9\r\nloading_eta_seconds:61\r\n")}},
       Afterwards::keep_open,
       connect_kind,
       "is still loading its data into memory (10 %, about 1m 1s left)"},
      {"4 GB announced",
       {{k_login, "$4000000000\r\n"}},
       Afterwards::keep_open,
       protocol,
       "at most 67108864 are accepted"},
      {"2 billion elements",
       {{k_login, "*2147483647\r\n"}},
       Afterwards::keep_open,
       protocol,
       "a reply of more than 1048576 elements"},
      {"a type of RESP3",
       {{k_login, "+OK\r\n%1\r\n+a\r\n+b\r\n"}},
       Afterwards::keep_open,
       protocol,
       "broke the protocol: "},
      {"endless nesting",
       {{k_login, "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"}},
       Afterwards::keep_open,
       protocol,
       "nested"},
      {"an endless line",
       {{k_login, "+" + std::string(200'000, 'x')}},
       Afterwards::keep_open,
       protocol,
       "the server sent a line of more than 65536 bytes"},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.name));
    World world;
    FakeServer server(world.io, c.turns, c.afterwards);
    const auto servers = world.connect(settings_of(server.address()));
    REQUIRE_FALSE(servers);
    check_error(servers.error(), c.kind, c.words);
    CHECK(servers.error().message.find("127.0.0.1:") != std::string::npos);
    CHECK(servers.error().message.find('\x1b') == std::string::npos);
  }
}

asio::awaitable<std::vector<Result<Reply>>> ask_in_turn(std::shared_ptr<Connection> client,
                                                        int count) {
  std::vector<Result<Reply>> replies;
  for (int i = 0; i < count; ++i) {
    Args words{"GET", std::to_string(i)};
    replies.push_back(co_await client->send(std::move(words)));
  }
  co_return replies;
}

TEST_CASE("hostile: a reply that nobody asked for ends the connection and is never another's") {
  World world;
  FakeServer server(world.io, {{1, "$1\r\na\r\n$1\r\nb\r\n"}, {1, "$1\r\nc\r\n"}});
  auto client = world.open(settings_of(server.address()));
  REQUIRE(client);
  const auto replies = world.run(ask_in_turn(*client, 2));
  if (replies[0]) CHECK(*replies[0] == bulk("a"));
  REQUIRE_FALSE(replies[1]);
  check_error(replies[1].error(), ErrorKind::protocol, "it sent a reply that nobody asked for");
  CHECK((*client)->lost());
}

TEST_CASE("hostile: a reply that has begun before it was asked for is never another's") {
  World world;
  FakeServer server(world.io, {{1, "$1\r\na\r\n$5\r\nwr"}, {1, "ong\r\n$5\r\nright\r\n"}});
  auto client = world.open(settings_of(server.address()));
  REQUIRE(client);
  const auto replies = world.run(ask_in_turn(*client, 2));
  REQUIRE(replies[0]);
  CHECK(*replies[0] == bulk("a"));
  REQUIRE_FALSE(replies[1]);
  check_error(replies[1].error(), ErrorKind::protocol, "it sent a reply that nobody asked for");
}

TEST_CASE("hostile: a server that hangs up with a last word is quoted, and all who wait hear it") {
  World world;
  FakeServer server(world.io, {{2, "$1\r\na\r\n-ERR the reason\r\n"}}, Afterwards::close);
  auto client = world.open(settings_of(server.address()));
  REQUIRE(client);
  std::vector<asio::awaitable<Result<Reply>>> requests;
  for (int i = 0; i < 4; ++i) requests.push_back((*client)->send({"GET", "k"}));
  const auto replies = world.run(gather(std::move(requests)));
  REQUIRE(replies[0]);
  CHECK(*replies[0] == bulk("a"));
  CHECK(*replies[1] == refused("ERR the reason"));
  for (const std::size_t i : {2, 3}) {
    REQUIRE_FALSE(replies[i]);
    check_error(replies[i].error(), ErrorKind::connect, "lost the connection to ");
  }
}

TEST_CASE("hostile: the password is in no message, even when the server repeats our words") {
  const std::string password = "S3CR3T-%40\"'";
  for (const char* first :
       {"-ERR unknown command 'AUTH', with args beginning with: 'S3CR3T-%40\"'' \r\n",
        "-ERR unknown command `AUTH`, with args beginning with: `S3CR3T-%40\"'`, \r\n",
        "-WRONGPASS invalid username-password pair\r\n"}) {
    CAPTURE(std::string(first));
    World world;
    FakeServer server(world.io, {{k_login + 1, first + login_replies(k_info)}});
    auto settings = settings_of(server.address());
    settings.endpoint.password = password;
    const auto servers = world.connect(settings);
    REQUIRE_FALSE(servers);
    check_error(servers.error(), ErrorKind::connect, "refused the login: ");
    CHECK(servers.error().message.find("S3CR3T") == std::string::npos);
    CHECK(server.received().front() == Args{"AUTH", password});
  }
}

}  // namespace
}  // namespace rcache::redis
