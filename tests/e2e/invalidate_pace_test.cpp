// `rcache invalidate`: rate, latency, lag, and what else ends a run before its time.
#include <string>
#include <vector>

#include "e2e/invalidate.h"
#include "support/relay.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

/// What a run may have removed by its own clock: the bucket holds a quarter of a second's keys, and
/// two batches may be under way.
double most_keys(double keys_per_second, double batch, const Json& json) {
  return keys_per_second * (json["elapsed_seconds"].get<double>() + 0.25) + 2 * batch;
}

struct Replicated {
  Server primary{
      {.listen = Listen::tcp,
       .arguments = {"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"}}};
  Server replica{{.arguments = {"--replicaof", "127.0.0.1", std::to_string(primary.port())}}};

  Replicated() {
    wait_until("the replica", [&] { return replica.info("master_link_status") == "up"; });
    wait_until("its acknowledgement", [&] {
      return contains(primary.info("slave0"), "state=online") &&
             contains(primary.info("slave0"), "lag=0");
    });
  }
};

}  // namespace

TEST_CASE("invalidate pace: --rate holds by the run's own clock") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 3000);
  const auto run = invalidated(server, {"a:*", "--rate", "1500", "--count", "50"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["removed"] == 3000);
  CHECK(run.json["throttled_by"] == "--rate");
  CHECK(3000 <= most_keys(1500, 50, run.json));
  fill(server, "a:", 3000);
  const auto expired =
      invalidated(server, {"a:*", "--rate", "1500", "--count", "50", "--expire-in", "1h"});
  CHECK(expired.json["expiring"] == 3000);
  CHECK(3000 <= most_keys(1500, 50, expired.json));
}

TEST_CASE("invalidate pace: with a backup --rate holds from the first key on") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 400);
  const auto run =
      invalidated(server, {"a:*", "--rate", "200", "--count", "10", "--backup", folder.file("b")});
  CHECK(run.json["removed"] == 400);
  CHECK(400 <= most_keys(200, 10, run.json));
}

TEST_CASE("invalidate pace: --max-time ends the run, and running again finishes it") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 3000);
  const auto run =
      invalidated(server, {"a:*", "--rate", "1000", "--count", "50", "--max-time", "300ms"});
  CHECK(run.exit_code == 4);
  CHECK(run.json["reason"] == "max-time");
  CHECK(run.json["complete"] == false);
  CHECK(run.json["failed"] == 0);
  CHECK(run.json["removed"] == 3000 - keys_at(server).size());
  CHECK_FALSE(keys_at(server).empty());
  const auto text = invalidate(
      server, {"a:*", "--yes", "--rate", "1000", "--count", "50", "--max-time", "300ms"});
  CHECK(text.exit_code == 4);
  CHECK(contains(text.out, "then stopped: --max-time"));
  CHECK(contains(text.out, "run it again to finish"));
  CHECK(invalidated(server, {"a:*"}).exit_code == 0);
  CHECK(keys_at(server).empty());
}

TEST_CASE("invalidate pace: a stop file that appears ends the run") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 3000);
  Program program(
      invalidate_with(server.url(), {"a:*", "--yes", "-o", "json", "--rate", "500", "--count", "50",
                                     "--stop-file", folder.file("stop")}));
  wait_until("the first removal", [&] {
    program.so_far();
    return server.command({"DBSIZE"}).integer < 3000;
  });
  folder.write("stop", "");
  const auto& result = program.wait();
  CHECK(result.exit_code == 4);
  const auto json = receipt_in(result);
  CHECK(json["reason"] == "stop-file");
  CHECK(json["removed"] == 3000 - keys_at(server).size());
  CHECK_FALSE(keys_at(server).empty());
}

TEST_CASE("invalidate pace: a stop file that is there already lets nothing begin") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 100);
  const auto stop = folder.write("stop", "");
  const auto result = invalidate(server, {"a:*", "--yes", "--stop-file", stop});
  CHECK(result.exit_code == 4);
  CHECK(keys_at(server).size() == 100);
}

TEST_CASE("invalidate pace: --max-latency measures and lets the run finish") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 20'000);
  const auto generous = invalidated(server, {"a:*", "--max-latency", "10s"});
  CHECK(generous.exit_code == 0);
  CHECK(generous.json["removed"] == 20'000);
  fill(server, "a:", 500);
  const TempDir folder;
  // Whatever the budget makes of it: it ends, and it is all gone.
  const auto tight =
      invalidated(server, {"a:*", "--max-latency", "5ms", "--backup", folder.file("b")});
  CHECK(tight.exit_code == 0);
  CHECK(tight.json["removed"] == 500);
}

TEST_CASE("invalidate pace: --wait counts the replicas that have it") {
  RCACHE_NEED_SERVER("redis");
  Replicated both;
  const TempDir folder;
  fill(both.primary, "a:", 500);
  const auto one = invalidated(both.primary, {"a:*", "--wait", "1"});
  CHECK(one.exit_code == 0);
  CHECK(one.json["replicas_acknowledged"] == 1);
  CHECK(keys_at(both.replica).empty());
  fill(both.primary, "a:", 500);
  const auto saved =
      invalidated(both.primary, {"a:*", "--wait", "1", "--backup", folder.file("b")});
  CHECK(saved.exit_code == 0);
  CHECK(saved.json["replicas_acknowledged"] == 1);
  CHECK(keys_at(both.replica).empty());
  fill(both.primary, "a:", 5);
  const auto two = invalidated(both.primary, {"a:*", "--wait", "2", "--publish", "channel"});
  CHECK(two.exit_code == 4);
  CHECK(two.json["reason"] == "replicas");
  CHECK(two.json["complete"] == false);
  CHECK(two.json["replicas_acknowledged"] == 1);
  CHECK(two.json["published"].empty());
  CHECK(keys_at(both.primary).empty());
}

TEST_CASE("invalidate pace: --max-lag waits for a replica that is behind, and then goes on") {
  RCACHE_NEED_SERVER("redis");
  Replicated both;
  fill(both.primary, "a:", 2000);
  CHECK(invalidated(both.primary, {"a:*", "--max-lag", "10s"}).exit_code == 0);
  fill(both.primary, "a:", 2000);
  both.replica.pause();
  wait_until("the lag", [&] {
    const auto text = both.primary.info("slave0");
    const auto at = text.find("lag=");
    return at != std::string::npos && std::stoi(text.substr(at + 4)) > 2;
  });
  auto options = on_terminal(invalidate_with(
      both.primary.url(), {"a:*", "--yes", "-o", "json", "--max-lag", "1s", "--count", "10"}));
  options.out = Stream::pipe;
  options.columns = 120;
  Program program(options);
  program.wait_for_screen("(held by --max-lag)");
  CHECK_FALSE(keys_at(both.primary).empty());
  both.replica.resume();
  const auto& result = program.wait();
  CHECK(result.exit_code == 0);
  CHECK(receipt_in(result)["complete"] == true);
  CHECK(keys_at(both.primary).empty());
}

TEST_CASE("invalidate pace: the progress line is for a terminal, and names the brake") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 1000);
  const std::vector<std::string> words = {"a:*", "--yes", "--rate", "400", "--count", "20"};
  auto options = on_terminal(invalidate_with(server.url(), words), 120);
  Program program(options);
  program.wait_for_screen("(held by --rate)");
  const auto& result = program.wait();
  CHECK(result.exit_code == 0);
  CHECK(contains(result.screen, "removed 1,000 keys"));
  CHECK(contains(result.screen, "Held back   most of the time by --rate"));
  fill(server, "a:", 500);
  const auto piped = invalidate(server, words);
  CHECK(piped.err.empty());
}

TEST_CASE("invalidate pace: the batch is what --count says, and the largest is taken") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const char* count : {"1", "7", "10000"}) {
    CAPTURE(count);
    fill(server, "a:", 1500);
    const auto run = invalidated(server, {"a:*", "--count", count});
    CHECK(run.exit_code == 0);
    CHECK(run.json["removed"] == 1500);
  }
}

}  // namespace rcache::test
