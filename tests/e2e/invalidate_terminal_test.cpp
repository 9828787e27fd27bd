// `rcache invalidate` with a person at the terminal: the plan, the question and the answers.
#include <csignal>
#include <string>
#include <vector>

#include "e2e/invalidate.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

ProgramOptions ask(const Server& server, std::vector<std::string> words) {
  return on_terminal(invalidate_with(server.url(), std::move(words)));
}

struct Production {
  explicit Production(const Server& server)
      : config(folder.write("config.toml", "[profile.shop]\nurl = \"" + server.url() +
                                               "\"\nproduction = true\n")) {}
  [[nodiscard]] ProgramOptions ask(std::vector<std::string> words) const {
    words.insert(words.begin(), {"invalidate", "--config", config, "--profile", "shop"});
    return on_terminal(rcache_with(std::move(words)));
  }
  TempDir folder;
  std::string config;
};

}  // namespace

TEST_CASE("invalidate terminal: the plan stands before the question, and yes does it") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "contacts:org1:", 60);
  fill(server, "contacts:org2:", 30);
  fill(server, "b:", 10);
  server.command({"EXPIRE", "contacts:org1:1", "30"});
  Program program(ask(server, {"contacts:*", "--protect", "contacts:org2:?"}));
  program.wait_for_screen("Type yes: ");
  const auto plan = program.so_far().screen;
  CHECK(keys_at(server).size() == 100);
  CHECK(contains(plan, "redis "));
  CHECK(contains(plan, server.address().substr(0, 20)));
  CHECK(contains(plan, "would remove 80 of 100 keys"));
  CHECK(contains(plan, "10 more matching keys would stay"));
  CHECK(contains(plan, "contacts:org1:*"));
  CHECK(contains(plan, "string"));
  CHECK(contains(plan, "no TTL"));
  CHECK(contains(plan, "Examples"));
  CHECK(contains(plan, "Remove 80 keys without a backup? Type yes: "));
  program.type("yes\n");
  const auto& result = program.wait();
  CHECK(result.exit_code == 0);
  CHECK(contains(result.screen, "removed 80 keys"));
  auto left = names("contacts:org2:", 10);
  left.merge(names("b:", 10));
  CHECK(keys_at(server) == left);
}

TEST_CASE("invalidate terminal: every answer but yes is no") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 10);
  for (const char* answer : {"no\n", "\n", "ye\n", "yes please\n", "YES \n", "n\n", "yess\n"}) {
    CAPTURE(answer);
    Program program(ask(server, {"a:*"}));
    program.wait_for_screen("Type yes: ");
    program.type(answer);
    const auto& result = program.wait();
    CHECK(result.exit_code == 5);
    CHECK(contains(result.screen, "nothing was removed"));
    CHECK(keys_at(server).size() == 10);
  }
}

TEST_CASE(
    "invalidate terminal: Ctrl-C, SIGTERM and an end of input at the question touch nothing") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 10);
  const TempDir folder;
  const std::vector<std::string> words = {"a:*", "--backup", folder.file("backup")};
  {
    Program program(ask(server, words));
    program.wait_for_screen("Type yes: ");
    program.type("\x03");
    const auto& result = program.wait();
    CHECK(result.exit_code == 130);
  }
  {
    Program program(ask(server, words));
    program.wait_for_screen("Type yes: ");
    program.signal(SIGTERM);
    CHECK(program.wait().exit_code == 143);
  }
  {
    Program program(ask(server, words));
    program.wait_for_screen("Type yes: ");
    program.type("\x04");
    const auto& result = program.wait();
    CHECK(result.exit_code == 5);
    CHECK(contains(result.screen, "rcache: the question got no answer"));
  }
  CHECK(keys_at(server).size() == 10);
  CHECK(read_file(folder.file("backup")).empty());
}

TEST_CASE("invalidate terminal: in production the profile's name is the only yes") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 10);
  const Production production(server);
  for (const char* answer : {"yes\n", "y\n", "sho\n", "shop2\n"}) {
    CAPTURE(answer);
    Program program(production.ask({"a:*"}));
    program.wait_for_screen("type the profile's name (shop): ");
    CHECK(contains(program.so_far().screen, "PRODUCTION"));
    program.type(answer);
    CHECK(program.wait().exit_code == 5);
    CHECK(keys_at(server).size() == 10);
  }
  auto refused = run(production.ask({"a:*", "--yes"}));
  CHECK(refused.exit_code == 5);
  CHECK(contains(refused.screen, "--yes=shop"));
  CHECK(run(production.ask({"a:*", "--yes=other"})).exit_code == 5);
  CHECK(keys_at(server).size() == 10);
  {
    Program program(production.ask({"a:1"}));
    program.wait_for_screen("(shop): ");
    program.type("shop\n");
    CHECK(program.wait().exit_code == 0);
  }
  CHECK(keys_at(server).size() == 9);
  CHECK(run(production.ask({"a:*", "--yes=shop"})).exit_code == 0);
  CHECK(keys_at(server).empty());
}

TEST_CASE("invalidate terminal: nothing to do and too much to do ask nothing") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 10);
  const auto nothing = run(ask(server, {"b:*"}));
  CHECK(nothing.exit_code == 0);
  CHECK(contains(nothing.screen, "nothing matches"));
  CHECK_FALSE(contains(nothing.screen, "Type yes"));
  const auto too_many = run(ask(server, {"a:*", "--max-keys", "9"}));
  CHECK(too_many.exit_code == 5);
  CHECK_FALSE(contains(too_many.screen, "Type yes"));
  CHECK(contains(too_many.screen, "--max-keys"));
  CHECK(keys_at(server).size() == 10);
  Program program(ask(server, {"a:*", "--max-keys", "10"}));
  program.wait_for_screen("Type yes: ");
  program.type("yes\n");
  CHECK(program.wait().exit_code == 0);
  CHECK(keys_at(server).empty());
}

TEST_CASE("invalidate terminal: the question says what it would do, and to whom") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 1);
  const TempDir folder;
  struct Case {
    std::vector<std::string> words;
    std::string question;
  };
  const Case cases[] = {
      {{"a:*"}, "Remove 1 key without a backup? Type yes: "},
      {{"a:*", "--backup", folder.file("b")}, "Remove 1 key? Type yes: "},
      {{"a:*", "--spread", "60s"}, "Let 1 key expire? Type yes: "},
  };
  for (const auto& c : cases) {
    Program program(ask(server, c.words));
    program.wait_for_screen("Type yes: ");
    CHECK(contains(program.so_far().screen, c.question));
    CHECK(contains(program.so_far().screen, "WARNING: every key of the database matches"));
    program.type("\x03");
    program.wait();
  }
}

TEST_CASE("invalidate terminal: hostile names cannot touch the terminal") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const char* name : {"a:\x1b[2J", "a:\nyes",
                           "a:\x9b"
                           "31m",
                           "a:\xe2\x80\xae"
                           "x"})
    server.command({"SET", name, "1"});
  Program program(ask(server, {"a:*"}));
  program.wait_for_screen("Type yes: ");
  const auto& screen = program.so_far().screen;
  CHECK_FALSE(contains(screen, "\x1b[2J"));
  CHECK_FALSE(contains(screen,
                       "\x9b"
                       "31m"));
  CHECK_FALSE(contains(screen, "\xe2\x80\xae"));
  CHECK(contains(screen, "a:\\x0ayes"));
  program.type("no\n");
  CHECK(program.wait().exit_code == 5);
}

TEST_CASE("invalidate terminal: a server that restarts during the question is no trouble") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 10);
  server.command({"SAVE"});
  Program program(ask(server, {"a:*"}));
  program.wait_for_screen("Type yes: ");
  server.restart();
  program.type("yes\n");
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(keys_at(server).empty());
}

TEST_CASE("invalidate terminal: with a result on a pipe the question is still asked") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 10);
  auto options = ask(server, {"a:*", "-o", "json"});
  options.out = Stream::pipe;
  Program program(options);
  program.wait_for_screen("Type yes: ");
  program.type("yes\n");
  const auto& result = program.wait();
  CHECK(result.exit_code == 0);
  CHECK(receipt_in(result)["removed"] == 10);
}

}  // namespace rcache::test
