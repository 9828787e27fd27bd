#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "commands/restore/probe.h"
#include "commands/restore/scripts.h"
#include "redis/slot.h"

namespace rcache::restore {
namespace {

using Json = nlohmann::json;

/// A server that knows its lines, and whose connection ends with them.
class MortalClient : public redis::Client {
 public:
  explicit MortalClient(Script script, Error end = {ErrorKind::connect,
                                                    "lost the connection to 127.0.0.1:6379: End "
                                                    "of file"})
      : left_(script.size()), scripted_(std::move(script)), end_(std::move(end)) {}

  asio::awaitable<Result<std::vector<Reply>>> pipeline(redis::Commands commands) override {
    if (left_ < commands.count()) co_return fail(end_);
    left_ -= commands.count();
    co_return co_await scripted_.pipeline(std::move(commands));
  }

 private:
  std::size_t left_;
  test::ScriptedClient scripted_;
  Error end_;
};

redis::Node node_of(std::shared_ptr<redis::Client> client, std::string run_id = "run-1") {
  redis::Node node;
  node.address = {.host = "127.0.0.1", .port = 6379, .socket_path = {}};
  node.identity.version = "7.0.15";
  node.identity.run_id = std::move(run_id);
  node.client = std::move(client);
  return node;
}

/// Each look again finds the next of these servers.
class Reconnecting : public ScriptedDeployment {
 public:
  explicit Reconnecting(std::vector<redis::Node> lives)
      : ScriptedDeployment(redis::Mode::standalone, {lives.front()}), lives_(std::move(lives)) {}

  const std::vector<redis::Node>& nodes() const override { return now_; }
  asio::awaitable<Result<void>> refresh() override {
    if (++life_ == lives_.size())
      co_return fail(ErrorKind::connect, "cannot connect to 127.0.0.1:6379: Connection refused");
    now_.assign(1, lives_[life_]);
    co_return Result<void>();
  }

 private:
  std::vector<redis::Node> lives_;
  std::vector<redis::Node> now_ = {lives_.front()};
  std::size_t life_ = 0;
};

std::shared_ptr<redis::Client> mortal(Script script) {
  return std::make_shared<MortalClient>(std::move(script));
}

test::LineResult run_two_keys(std::vector<redis::Node> lives, std::vector<std::string> flags = {}) {
  const TempDir folder;
  flags.emplace_back("--json");
  flags.push_back(folder.write("backup", file_of({value("cache:1"), value("cache:2")})));
  return run_restore(std::move(flags), {std::make_shared<Reconnecting>(std::move(lives))});
}

const Script k_begin = survey() + probe("cache:1");

}  // namespace

TEST_CASE(
    "restore: after one loss the batch is sent again, and what was back already is existing") {
  const auto result =
      run_two_keys({node_of(mortal(k_begin)),
                    node_of(mortal(Script{restoring("cache:1", "0", {}, error("BUSYKEY exists")),
                                          restoring("cache:2", "0", {}, ok())} +
                                   watch()))});
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  const auto document = Json::parse(result.out);
  CHECK(document["restored"] == 1);
  CHECK(document["existing"] == 1);
  CHECK(document["complete"] == true);
  CHECK(document["reasons"] ==
        Json::array({"lost the connection to 127.0.0.1:6379: End of file: it was reached again, "
                     "and keys that had been restored just before count as existing"}));
}

TEST_CASE("restore: another process behind the address is asked anew for its clock and memory") {
  const auto result =
      run_two_keys({node_of(mortal(k_begin)),
                    node_of(mortal(survey() +
                                   Script{restoring("cache:1", "0", {"REPLACE"}, ok()),
                                          restoring("cache:2", "0", {"REPLACE"}, ok())} +
                                   watch()),
                            "run-2")},
                   {"--replace"});
  const auto document = Json::parse(result.out);
  CHECK(document["restored"] == 2);
  CHECK(document["reasons"] ==
        Json::array({"lost the connection to 127.0.0.1:6379: End of file: it was reached again, "
                     "and what had not been answered was sent again"}));
}

TEST_CASE("restore: a second loss ends the run, and says what is not known") {
  const auto result = run_two_keys({node_of(mortal(k_begin)), node_of(mortal({}))});
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::incomplete);
  const auto document = Json::parse(result.out);
  CHECK(document["reason"] == "server");
  CHECK(document["restored"] == 0);
  CHECK(document["reasons"].size() == 3);
  CHECK(document["reasons"][1] == "2 records were sent and not answered: they may be back");
  CHECK(document["reasons"][2] == "lost the connection to 127.0.0.1:6379: End of file");
}

TEST_CASE("restore: a server that cannot be reached again ends the run") {
  const auto result = run_two_keys({node_of(mortal(k_begin))});
  const auto document = Json::parse(result.out);
  CHECK(document["reason"] == "server");
  CHECK(document["reasons"] ==
        Json::array({"2 records were sent and not answered: they may be back",
                     "cannot connect to 127.0.0.1:6379: Connection refused"}));
}

TEST_CASE("restore: a loss before anything was restored is an error and no report") {
  const auto result = run_two_keys({node_of(mortal({}))});
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::connect);
  CHECK(result.out.empty());
}

TEST_CASE("restore: an interrupt that ends the connections still leaves a report") {
  const auto client =
      std::make_shared<MortalClient>(k_begin, Error{ErrorKind::interrupted, "interrupted"});
  const auto result = run_two_keys({node_of(client)});
  const auto document = Json::parse(result.out);
  CHECK(document["reason"] == "interrupted");
  CHECK(document["reasons"] ==
        Json::array({"2 records were sent and not answered: they may be back"}));
}

TEST_CASE("restore: keys whose part of the cluster is gone fail, and the others are restored") {
  const std::string here = "cache:1";
  auto node = node_of(std::make_shared<test::ScriptedClient>(
      survey() +
      Script{{{"RESTORE", here + k_probe, "1000", backup::probe_dump(10)}, ok()},
             {{"UNLINK", here + k_probe}, integer(1)},
             restoring(here, "0", {}, ok())} +
      watch()));
  node.slots.set(redis::key_slot(here));
  node.slots.set(redis::key_slot(here + k_probe));
  redis::Gap gap{"10.0.0.7:7001", "Connection refused", {}};
  gap.slots.set(redis::key_slot("cache:2"));
  const TempDir folder;
  const auto path =
      folder.write("backup", file_of({value(here), value("cache:2"), value("cache:3")}));
  const auto result = run_restore(
      {"--json", path},
      {std::make_shared<ScriptedDeployment>(redis::Mode::cluster, std::vector<redis::Node>{node},
                                            std::vector<redis::Gap>{gap})});
  node.client.reset();
  const auto document = Json::parse(result.out);
  CHECK(*result.outcome == Outcome::incomplete);
  CHECK(document["restored"] == 1);
  CHECK(document["failed"] == 2);
  CHECK(document["failures"][0]["why"] == "10.0.0.7:7001: Connection refused");
  CHECK(document["failures"][1]["why"] == "no reachable node serves slot 1738");
}

TEST_CASE("probe: its name is in a slot of the node, whatever the key") {
  redis::Node node;
  node.slots.set(4711);
  const auto in_cluster = probe_name("cache:1", node, redis::Mode::cluster, 1);
  CHECK(redis::key_slot(in_cluster) == 4711);
  CHECK(in_cluster.starts_with("cache:1:rcache-probe-"));
  node.slots.reset();
  node.slots.set(redis::key_slot("{org1}:x"));
  CHECK(probe_name("{org1}:x", node, redis::Mode::cluster, 255) == "{org1}:x:rcache-probe-ff");
  CHECK(probe_name("a{b", {}, redis::Mode::standalone, 255) == "a{b:rcache-probe-ff");
}

}  // namespace rcache::restore
