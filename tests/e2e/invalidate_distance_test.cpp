// `rcache invalidate` far away from its server: 20 ms of round trip, and lines that break.
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "e2e/invalidate_cluster.h"
#include "support/relay.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

using namespace std::chrono_literals;

constexpr int k_keys = 100'000;

void put_far_away(Relay& relay) {
  relay.set(Direction::up, {.delay = 10ms});
  relay.set(Direction::down, {.delay = 10ms});
}

/// Another client that makes the table grow to several times its size and shrink again, all the
/// time.
class Crowd {
 public:
  explicit Crowd(const Server& server)
      : thread_([this, address = server.address()] { run(address); }) {}
  ~Crowd() { end(); }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  void end() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  static constexpr int k_crowd = 600'000;
  static constexpr int k_batch = 2'000;

  void run(const std::string& address) {
    RawClient client(address);
    while (!over_) {
      for (const bool comes : {true, false}) {
        for (int first = 0; first < k_crowd && !over_; first += k_batch) {
          Words words{comes ? "MSET" : "UNLINK"};
          for (int i = first; i < first + k_batch; ++i) {
            words.push_back("crowd:" + std::to_string(i));
            if (comes) words.emplace_back("1");
          }
          client.command(words);
        }
      }
    }
  }

  std::atomic<bool> over_{false};
  std::thread thread_;  // last: it uses all above
};

ServerOptions listening(const std::string& name) {
  ServerOptions options;
  options.binary = *find_server(name);
  options.listen = Listen::tcp;
  return options;
}

}  // namespace

TEST_CASE("invalidate distance: of many keys each goes once, in many lanes") {
  for (const std::string name : {"redis", "valkey"}) {
    CAPTURE(name);
    if (!find_server(name)) {
      report_skipped(current_test(), "there is no " + name + "-server");
      continue;
    }
    Server server(listening(name));
    Relay relay(server.address());
    put_far_away(relay);
    fill(server, "gone:", k_keys);
    fill(server, "stay:", 20'000);
    const auto run = invalidate(relay.url(), {"gone:*"});
    CAPTURE(run.program.describe());
    CHECK(run.program.exit_code == 0);
    CHECK(run.count("removed") == k_keys);
    // SCAN may bring a key twice while the table shrinks: that is counted as gone, never as
    // removed.
    CHECK(run.count("matched") == k_keys + run.count("gone"));
    CHECK(run.count("passes") == 1);
    CHECK(server.command({"DBSIZE"}).integer == 20'000);
    CHECK(names_on(server, "gone:*").empty());
  }
}

TEST_CASE("invalidate distance: every key goes while the table grows and shrinks under the run") {
  for (const std::string name : {"redis", "valkey"}) {
    CAPTURE(name);
    if (!find_server(name)) {
      report_skipped(current_test(), "there is no " + name + "-server");
      continue;
    }
    Server server(listening(name));
    Relay relay(server.address());
    put_far_away(relay);
    for (const std::string count : {"500", "100", "50"}) {
      CAPTURE(count);
      fill(server, "gone:", k_keys);
      fill(server, "stay:", 1'000);
      Crowd crowd(server);
      wait_until("the table grows",
                 [&] { return server.command({"DBSIZE"}).integer > k_keys + 20'000; });
      const auto run = invalidate(relay.url(), {"gone:*", "--count", count});
      crowd.end();
      CAPTURE(run.program.describe());
      CHECK(run.program.exit_code == 0);
      CHECK(names_on(server, "gone:*").empty());
      CHECK(names_on(server, "stay:*").size() == 1'000);
      CHECK(run.count("removed") == k_keys);
      CHECK(run.count("failed") == 0);
      server.command({"FLUSHALL"});
    }
  }
}

TEST_CASE("invalidate distance: a line that breaks is mended, and what is left is removed") {
  RCACHE_NEED_SERVER("redis");
  Server server(listening("redis"));
  Relay relay(server.address());
  put_far_away(relay);
  for (const auto cut : {Cut::fin, Cut::rst}) {
    fill(server, "gone:", 20'000);
    fill(server, "stay:", 1'000);
    server.command({"CONFIG", "RESETSTAT"});
    Program program(rcache_with(invalidate_words(relay.url(), {"gone:*", "--count", "100"})));
    wait_for_calls(server, "unlink", 20, program);
    relay.cut_all(cut);
    const auto run = invalidation_of(program.wait());
    CAPTURE(run.program.describe());
    CHECK(run.program.exit_code == 0);
    CHECK(run.count("passes") >= 2);
    CHECK(run.count("removed") <= 20'000);
    CHECK(run.count("removed") + run.count("uncertain") >= 20'000);
    CHECK(names_on(server, "gone:*").empty());
    CHECK(server.command({"DBSIZE"}).integer == 1'000);
  }
}

TEST_CASE("invalidate distance: a removal that was lost on its way up is certain once it is done") {
  RCACHE_NEED_SERVER("redis");
  Server server(listening("redis"));
  Relay relay(server.address());
  fill(server, "gone:", 100);
  Program program(rcache_with(invalidate_words(relay.url(), {"gone:*", "--rate", "40"})));
  wait_for_calls(server, "unlink", 1, program);
  // From now on it sends and nothing arrives.
  relay.set(Direction::up, {.blackhole = true});
  const auto sent = [&] {
    const auto text = relay.recorded(Direction::up);
    long long unlinks = 0;
    for (std::size_t at = 0; (at = text.find("UNLINK", at)) != std::string::npos; ++at) ++unlinks;
    return unlinks;
  };
  wait_until("another removal is sent", [&] {
    program.so_far();
    return sent() > calls(server, "unlink");
  });
  const auto before = server.command({"DBSIZE"}).integer;
  relay.set(Direction::up, {});
  relay.cut_all();
  const auto run = invalidation_of(program.wait());
  CAPTURE(run.program.describe());
  CHECK(before > 0);
  CHECK(run.program.exit_code == 0);
  CHECK(run.count("removed") == 100);
  CHECK(run.count("gone") == 0);
  CHECK(run.count("uncertain") == 0);
}

}  // namespace rcache::test
