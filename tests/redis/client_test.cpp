#include "redis/client.h"

#include <doctest/doctest.h>
#include <hiredis/hiredis.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "support/run.h"
#include "support/scripted_client.h"

namespace rcache::redis {
namespace {

/// The same command in the words of hiredis.
std::string hiredis_bytes(const Args& words) {
  std::vector<const char*> pointers;
  std::vector<std::size_t> sizes;
  for (const auto& word : words) {
    pointers.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* formatted = nullptr;
  const auto size = redisFormatCommandArgv(&formatted, static_cast<int>(words.size()),
                                           pointers.data(), sizes.data());
  REQUIRE(size > 0);
  std::string bytes(formatted, static_cast<std::size_t>(size));
  std::free(formatted);
  return bytes;
}

TEST_CASE("Commands: the bytes are those of hiredis, for any word") {
  using namespace std::string_literals;
  const Args cases[] = {
      {"PING"},
      {"GET", ""},
      {"", "", ""},
      {"SET", "a\0b"s, "\r\n$5\r\n"},
      {"SET", std::string(1, '\0'), "\xff\xfe"},
      {"ECHO", std::string(9, 'x'), std::string(10, 'x'), std::string(99, 'x'),
       std::string(100, 'x')},
      {"ECHO", std::string(1'000'000, 'y')},
      Args(1000, "k"),
  };
  std::string together;
  Commands all;
  for (const auto& words : cases) {
    CAPTURE(words.front());
    Commands one;
    one.add(words);
    CHECK(one.count() == 1);
    CHECK(one.bytes() == hiredis_bytes(words));
    together += hiredis_bytes(words);
    all.add(words);
  }
  CHECK(all.count() == std::size(cases));
  CHECK(all.bytes() == together);
  CHECK(std::move(all).take_bytes() == together);
}

TEST_CASE("Commands: words in braces are the same command") {
  Commands commands;
  commands.add({"INFO", "memory"});
  CHECK(commands.bytes() == "*2\r\n$4\r\nINFO\r\n$6\r\nmemory\r\n");
}

TEST_CASE("ServerError: its class is the first word") {
  CHECK(ServerError("MOVED 1 a:2").code() == "MOVED");
  CHECK(ServerError("LOADING").code() == "LOADING");
  CHECK(ServerError("").code() == "");
}

TEST_CASE("Client::send: one command, one reply; a refusal is a reply like any other") {
  test::ScriptedClient client(
      {{{"GET", "k"}, Reply{std::string("v")}},
       {{"SET", "k"}, Reply{ServerError("ERR wrong number of arguments")}}});
  const auto value = test::run(client.send({"GET", "k"}));
  REQUIRE(value);
  CHECK(*value->get<std::string>() == "v");
  const auto refused = test::run(client.send({"SET", "k"}));
  REQUIRE(refused);
  REQUIRE(refused->error());
  CHECK(refused->error()->code() == "ERR");
}

}  // namespace
}  // namespace rcache::redis
