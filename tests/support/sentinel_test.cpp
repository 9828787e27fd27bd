#include <doctest/doctest.h>

#include "support/sentinel.h"

using namespace rcache::test;

TEST_CASE("sentinel: a failover that was asked for, and one that was not") {
  SentinelGroup group(3);
  Server& first = group.primary();
  CHECK(&first == &group.server(0));
  first.command({"SET", "a", "1"});
  CHECK(first.command({"WAIT", "1", "0"}).integer == 1);  // or the failover may lose it
  group.failover();
  Server& second = group.primary();
  CHECK(&second == &group.server(1));
  CHECK(second.command({"GET", "a"}).text == "1");
  group.kill_primary();
  group.wait_for_failover(second);
  CHECK(&group.primary() == &first);
  CHECK(first.info("role") == "master");
}
