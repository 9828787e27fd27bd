#include "commands/stampede/live/admission.h"

#include <doctest/doctest.h>

#include "commands/stampede/live/laboratory.h"
#include "support/run.h"
#include "support/scripted_context.h"

namespace rcache::stampede::live {
namespace {

using test::Exchange;

constexpr std::string_view k_healthy = "loading:0\r\nrole:master\r\nused_memory:1000000\r\n";

Result<void> checked(std::string_view info) {
  return check_server("10.0.0.1:6379", Info(info), 5'000'000);
}

asio::awaitable<Result<std::shared_ptr<redis::Deployment>>> hand_over(
    std::shared_ptr<redis::Deployment> servers) {
  co_return servers;
}

/// Looks at one server at this address with these lines, and measures nothing.
Result<Findings> examined(redis::Address address, std::vector<Exchange> script, Safety safety = {},
                          std::optional<std::string> yes = {}) {
  redis::Node node;
  node.address = std::move(address);
  node.client = std::make_shared<test::ScriptedClient>(std::move(script));
  const auto servers = std::make_shared<test::ScriptedDeployment>(redis::Mode::standalone,
                                                                  std::vector{std::move(node)});
  test::KeptOutput output;
  test::FakeClock clock;
  Interrupt interrupt;
  Context context{.output = output,
                  .clock = clock,
                  .interrupt = interrupt,
                  .connect = [servers] { return hand_over(servers); },
                  .connect_to = {},
                  .safety = std::move(safety)};
  Order order;
  order.strategies = {Strategy::lock_retry};
  order.scenario.duration = k_second;
  order.max_time = 60 * k_second;
  order.yes = std::move(yes);
  order.random = 1;
  return test::run(examine(context, std::move(order)));
}

Exchange info_says(std::string_view text) {
  return {{"INFO"}, redis::Reply{std::string(text)}};
}

const redis::Address k_far{.host = "10.0.0.1", .port = 6379, .socket_path = {}};
const redis::Address k_here{.host = "127.0.0.1", .port = 6379, .socket_path = {}};

}  // namespace

TEST_CASE("live: a replica, a loading server and one short of memory are refused") {
  struct Case {
    const char* info;
    ErrorKind kind;
    const char* words;
  };
  const Case cases[] = {
      {"loading:1\r\nrole:master\r\n", ErrorKind::connect, "10.0.0.1:6379 is loading its data"},
      {"loading:0\r\nasync_loading:1\r\n", ErrorKind::connect, "is loading its data"},
      {"loading:0\r\nrole:slave\r\n", ErrorKind::refused, "10.0.0.1:6379 is a replica"},
      {"role:master\r\nused_memory:5000000\r\nmaxmemory:11000000\r\n", ErrorKind::refused,
       "4.8 MiB of 10.5 MiB (maxmemory) are in use"},
      {"role:master\r\nused_memory:9000000\r\nmaxmemory:0\r\ntotal_system_memory:10000000\r\n",
       ErrorKind::refused, "(the machine's) are in use"},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.info));
    const auto out = checked(c.info);
    REQUIRE_FALSE(out);
    CHECK(out.error().kind == c.kind);
    CHECK(out.error().message.find(c.words) != std::string::npos);
  }
}

TEST_CASE("live: a server with room is fine, and so is one that does not say") {
  CHECK(checked(k_healthy));
  CHECK(checked(""));
  CHECK(checked("role:master\r\nused_memory:1000000\r\nmaxmemory:10000000\r\n"));
}

TEST_CASE("live: only loopback and unix sockets are local") {
  const auto host = [](const char* name) {
    return is_local({.host = name, .port = 1, .socket_path = {}});
  };
  CHECK(host("127.0.0.1"));
  CHECK(host("127.1.2.3"));
  CHECK(host("::1"));
  CHECK(host("localhost"));
  CHECK(is_local({.host = {}, .port = 0, .socket_path = "/run/r.sock"}));
  CHECK_FALSE(host("10.0.0.1"));
  CHECK_FALSE(host("localhost.example.com"));
  CHECK_FALSE(host("::2"));
}

TEST_CASE("live: nothing is sent to a server elsewhere that nobody agreed to") {
  const auto out = examined(k_far, {info_says(k_healthy)});
  REQUIRE_FALSE(out);
  CHECK(out.error().kind == ErrorKind::refused);
  CHECK(out.error().message ==
        "traffic (500/s) would be sent to 10.0.0.1:6379, and there is no terminal to ask on");
  CHECK(out.error().hint == "nothing was touched; --yes does it");
}

TEST_CASE("live: in production the profile must be named, on loopback too") {
  Safety production;
  production.profile = "prod";
  production.production = true;
  for (const auto& yes : {std::optional<std::string>(), std::optional<std::string>("")}) {
    const auto out = examined(k_here, {info_says(k_healthy)}, production, yes);
    REQUIRE_FALSE(out);
    CHECK(out.error().kind == ErrorKind::refused);
    CHECK(out.error().hint.find("--yes=prod") != std::string::npos);
  }
}

TEST_CASE("live: a prefix that is in use is left alone") {
  const std::string key = "rcache:stampede:{0000000000000001}:0";
  const redis::Args exists{"EXISTS", key, key + ":lock"};
  SUBCASE("one of the keys is there") {
    const auto out = examined(k_here, {info_says(k_healthy), {exists, redis::Reply{1}}});
    REQUIRE_FALSE(out);
    CHECK(out.error().kind == ErrorKind::refused);
    CHECK(out.error().message == "rcache:stampede:{0000000000000001}: is in use already");
  }
  SUBCASE("somebody else has marked it") {
    const auto out = examined(
        k_here, {info_says(k_healthy),
                 {exists, redis::Reply{0}},
                 {{"UNLINK", key}, redis::Reply{0}},
                 {{"GET", key}, redis::Reply{redis::Nil()}},
                 {{"PTTL", key}, redis::Reply{-2}},
                 {{"SET", "rcache:stampede:{0000000000000001}:run", "1", "NX", "PX", "157500"},
                  redis::Reply{redis::Nil()}}});
    REQUIRE_FALSE(out);
    CHECK(out.error().kind == ErrorKind::refused);
  }
}

TEST_CASE("live: a server that refuses a command of ours is left before anything is written") {
  const std::string key = "rcache:stampede:{0000000000000001}:0";
  const redis::ServerError no{"NOPERM this user has no permissions to run the 'unlink' command"};
  const auto out =
      examined(k_here, {info_says(k_healthy), {{"EXISTS", key, key + ":lock"}, redis::Reply{no}}});
  REQUIRE_FALSE(out);
  CHECK(out.error().kind == ErrorKind::connect);
}

TEST_CASE("live: bounds are said with the flag") {
  const auto refused = [](auto change) {
    Scenario scenario;
    scenario.duration = 10 * k_second;
    change(scenario);
    const auto out = check_bounds(scenario, 2, 60 * k_second);
    return out ? std::string() : out.error().message;
  };
  CHECK(refused([](Scenario&) {}).empty());
  CHECK(refused([](Scenario& s) { s.clients = 10'000; }).empty());
  CHECK(refused([](Scenario& s) { s.clients = 10'001; }) ==
        "--clients: 10001 are too many for a live run");
  CHECK(refused([](Scenario& s) { s.keys = 100'001; }) ==
        "--keys: 100001 are too many for a live run");
  CHECK(refused([](Scenario& s) { s.rate = 200'001; }) == "--rate: is too high for a live run");
  CHECK(refused([](Scenario& s) { s.ttl = 3'600 * k_second; }) ==
        "--ttl: with --stale, --jitter and --lock-ttl must stay within 1h in a live run");
  CHECK(refused([](Scenario& s) { s.lock_ttl = 3'601 * k_second; }).starts_with("--ttl: "));
  CHECK(refused([](Scenario& s) {
          s.whole_seconds = true;
          s.ttl = 1'500 * k_millisecond;
        }).starts_with("--whole-seconds: "));
  CHECK(refused([](Scenario& s) { s.duration = 30 * k_second; }) ==
        "--duration: 2 strategies of 30s and a warm-up would take 1m 1s, more than --max-time 1m");
}

}  // namespace rcache::stampede::live
