#include "redis/node_view.h"

#include <doctest/doctest.h>

#include "redis/replies.h"
#include "redis/slot.h"
#include "support/run.h"
#include "support/scripted_client.h"

namespace rcache::redis {
namespace {

Result<NodeView> view_of(Mode mode, Reply info, std::optional<Reply> nodes) {
  std::vector<test::Exchange> script{{{"INFO"}, std::move(info)}};
  if (nodes) script.push_back({{"CLUSTER", "NODES"}, std::move(*nodes)});
  Node node;
  node.address = {.host = "h", .port = 1, .socket_path = {}};
  for (const std::size_t slot : {1, 2, 3}) node.slots.set(slot);
  node.client = std::make_shared<test::ScriptedClient>(std::move(script));
  return test::run(ask_view(node, mode));
}

Reply info(const std::string& role) {
  return bulk("run_id:r1\r\nrole:" + role + "\r\n");
}

TEST_CASE("ask_view: a standalone server has a process and a role, and no slots") {
  const auto view = view_of(Mode::standalone, info("master"), {});
  REQUIRE(view);
  CHECK(view->run_id == "r1");
  CHECK(view->role == "master");
  CHECK(view->served.none());
}

TEST_CASE("ask_view: a cluster node says itself what it serves and what is on the move") {
  const auto own = view_of(Mode::cluster, info("master"),
                           bulk("a h:1@2 myself,master - 0 0 1 connected 5-9 [7->-b] [20-<-b]\n"));
  REQUIRE(own);
  CHECK(to_string(own->served) == "5-9");
  CHECK(to_string(own->moving) == "7, 20");
  const auto replica =
      view_of(Mode::cluster, info("slave"), bulk("a h:1@2 myself,slave b 0 0 1 connected\n"));
  REQUIRE(replica);
  CHECK(to_string(replica->served) == "1-3");
  const auto may_not = view_of(Mode::cluster, info("master"), refused("NOPERM no"));
  REQUIRE(may_not);
  CHECK(to_string(may_not->served) == "1-3");
  CHECK(may_not->moving.none());
}

TEST_CASE("ask_view: what the server refuses or garbles is an error") {
  const auto loading = view_of(Mode::standalone, refused("LOADING Redis is loading"), {});
  REQUIRE_FALSE(loading);
  CHECK(loading.error().message == "h:1 is still loading its data into memory");
  const auto garbled = view_of(Mode::cluster, info("master"), bulk("what\n"));
  REQUIRE_FALSE(garbled);
  CHECK(garbled.error().kind == ErrorKind::protocol);
}

TEST_CASE("unchanged_slots: the same process, the same role, unmarked before and after") {
  NodeView before;
  before.run_id = "r1";
  before.role = "master";
  for (const std::size_t slot : {1, 2, 3, 4, 5}) before.served.set(slot);
  before.moving.set(1);
  auto after = before;
  after.served.reset(2);
  after.served.set(9);
  after.moving.reset(1);
  after.moving.set(3);
  CHECK(to_string(unchanged_slots(before, after)) == "4-5");
  auto restarted = after;
  restarted.run_id = "r2";
  CHECK(unchanged_slots(before, restarted).none());
  CHECK_FALSE(same_process(before, restarted));
  auto demoted = after;
  demoted.role = "slave";
  CHECK(unchanged_slots(before, demoted).none());
  CHECK_FALSE(same_process(before, demoted));
}

}  // namespace
}  // namespace rcache::redis
