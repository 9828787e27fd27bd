// What may make a run look done that is not: lost connections in a transaction, looks that did not
// end, records of one key that stand there twice.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "e2e/invalidate.h"
#include "support/relay.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

/// Works on a server beside a run, until it ends.
class Beside {
 public:
  template <typename Work>
  explicit Beside(Work work)
      : thread_([this, work] {
          while (!over_) work();
        }) {}
  ~Beside() {
    over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace

TEST_CASE("invalidate proof: exit 0 leaves no key, whatever happens to connections and values") {
  RCACHE_NEED_SERVER("redis");
  for (int round = 0; round < 6; ++round) {
    CAPTURE(round);
    Server server;
    const TempDir folder;
    constexpr int k_keys = 5000;
    fill(server, "a:", k_keys);
    ProgramOptions options =
        invalidate_with(server.url(), {"a:*", "--yes", "--backup", folder.file("b"), "-o", "json"});
    ProgramResult result;
    {
      RawClient touching(server.socket_path());
      RawClient killing(server.socket_path());
      int key = 0;
      int turn = 0;
      const Beside beside([&] {
        try {
          // A changed TTL makes EXEC do nothing; a key that is gone stays gone.
          for (int i = 0; i < 20; ++i)
            touching.command({"PEXPIRE", "a:" + std::to_string(key++ % k_keys), "600000"});
        } catch (const Failure&) {
          touching = RawClient(server.socket_path());
        }
        if (++turn % 40 == 0 && turn <= 120)
          killing.command({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
      });
      result = run(std::move(options));
    }
    CAPTURE(result.describe());
    const auto left = keys_at(server);
    if (result.exit_code == 3) {  // it was killed before it had begun
      CHECK(left.size() == k_keys);
      continue;
    }
    const auto receipt = receipt_in(result);
    if (result.exit_code == 0) CHECK(left.empty());
    const auto saved = read_backup(folder.file("b"));
    REQUIRE(saved);
    for (const auto& name : names("a:", k_keys))
      if (!left.contains(name)) CHECK(saved->values.contains(name));
    CHECK(receipt["failed"].get<int>() + static_cast<int>(receipt["removed"].get<int>()) <= k_keys);
  }
}

TEST_CASE("invalidate proof: a key that comes back between two looks is restored as it was last") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 3000);
  server.command({"SET", "a:hot", "old"});
  {
    RawClient writer(server.socket_path());
    const Beside beside([&] { writer.command({"SET", "a:hot", "new"}); });
    invalidated(server, {"a:*", "--backup", folder.file("b"), "--verify"});
  }
  const auto saved = read_backup(folder.file("b"));
  REQUIRE(saved);
  const auto last = string_in(server, saved->values.at("a:hot"));
  server.command({"FLUSHALL"});
  const auto restored = run_at(server, {"restore", folder.file("b"), "-o", "json"});
  CAPTURE(restored.describe());
  CHECK(restored.exit_code == 0);
  CHECK(server.command({"GET", "a:hot"}).text == last);
  const auto report = Json::parse(restored.out);
  CHECK(report["superseded"] == saved->records - saved->values.size());
}

TEST_CASE("invalidate proof: a verification that could not end is none") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 200);
  fill(server, "b:", 20'000);
  // Slow enough that the server can be ended in the second look.
  Program program(invalidate_with(server.url(), {"a:*", "--yes", "--verify", "--count", "10",
                                                 "--rate", "1000", "-t", "1", "-o", "json"}));
  while (program.running() && std::stoll(server.info("db0").substr(5)) > 20'000) {
  }
  server.kill();
  const auto& result = program.wait();
  CAPTURE(result.describe());
  const auto receipt = receipt_in(result);
  CHECK(result.exit_code == 4);
  CHECK(receipt["complete"] == false);
}

TEST_CASE("invalidate proof: a server that takes the address of another loses nothing") {
  RCACHE_NEED_SERVER("redis");
  Server stranger({.listen = Listen::tcp});
  Server server({.listen = Listen::tcp});
  fill(stranger, "a:", 500);
  fill(server, "a:", 5000);
  Relay relay(server.address());
  // It ran beside the other one, so it is not that one started anew.
  wait_until("the stranger to be older than the run",
             [&] { return std::stoi(stranger.info("uptime_in_seconds")) >= 5; });
  Program program(invalidate_with(
      relay.url(), {"a:*", "--yes", "--count", "10", "--rate", "1000", "-t", "1", "-o", "json"}));
  while (program.running() && server.command({"DBSIZE"}).integer > 4500) {
  }
  relay.switch_upstream(stranger.address());
  relay.cut_all();
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 4);
  CHECK(contains(result.out, "another server answers at"));
  const auto receipt = receipt_in(result);
  CHECK(receipt["complete"] == false);
  // A batch may have gone whose reply was lost with the connection: the receipt says how many keys.
  const auto really_gone = 5000 - server.command({"DBSIZE"}).integer;
  const auto removed = receipt["removed"].get<std::int64_t>();
  CHECK(removed <= really_gone);
  CHECK(really_gone <= removed + receipt["uncertain"].get<std::int64_t>());
  CHECK(stranger.command({"DBSIZE"}).integer == 500);
}

TEST_CASE("invalidate proof: nobody is asked about nothing, and nothing more happens") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "b:", 50);
  const auto result = run(on_terminal(invalidate_with(server.url(), {"a:*"})));
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.screen.find("nothing matches") != std::string::npos);
  CHECK(result.screen.find("Type yes") == std::string::npos);
}

}  // namespace rcache::test
