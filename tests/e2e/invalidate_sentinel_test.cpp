// `rcache invalidate` under Sentinel, while another server becomes the primary.
#include <csignal>
#include <string>

#include "e2e/invalidate_cluster.h"
#include "support/sentinel.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

constexpr int k_keys = 3000;

}  // namespace

TEST_CASE("invalidate sentinel: a planned failover in the middle of the run") {
  RCACHE_NEED_SERVER("redis");
  SentinelGroup group;
  auto& first = group.primary();
  fill(first, "gone:", k_keys);
  fill(first, "stay:", 100);
  first.command({"WAIT", "1", "60000"});
  Program program(
      rcache_with(invalidate_words(group.url(), {"gone:*", "--count", "20", "--rate", "750"})));
  wait_for_calls(first, "unlink", 5, program);
  bool standing = false;
  SUBCASE("while it works") {}
  SUBCASE("while it stands still") {
    standing = true;
    program.signal(SIGSTOP);
  }
  group.failover();
  if (standing) program.signal(SIGCONT);
  const auto run = invalidation_of(program.wait());
  CAPTURE(run.program.describe());
  auto& second = group.primary();
  CHECK(&second != &first);
  if (run.program.exit_code == 0) {
    CHECK(names_on(second, "gone:*").empty());
  } else {
    CHECK(run.program.exit_code == 4);
    CHECK(!run.receipt["reasons"].empty());
  }
  const auto again = invalidate(group.url(), {"gone:*"});
  CHECK(again.program.exit_code == 0);
  CHECK(names_on(second, "gone:*").empty());
  CHECK(names_on(second, "stay:*").size() == 100);
}

TEST_CASE("invalidate sentinel: a primary is killed and replaced in the middle of the run") {
  RCACHE_NEED_SERVER("redis");
  SentinelGroup group;
  fill(group.primary(), "gone:", k_keys);
  group.primary().command({"WAIT", "1", "60000"});
  Program program(
      rcache_with(invalidate_words(group.url(), {"gone:*", "--count", "20", "--rate", "1500"})));
  wait_for_calls(group.primary(), "unlink", 5, program);
  auto& old = group.kill_primary();
  group.wait_for_failover(old);
  const auto run = invalidation_of(program.wait());
  CAPTURE(run.program.describe());
  if (run.program.exit_code == 0) CHECK(names_on(group.primary(), "gone:*").empty());
  const auto again = invalidate(group.url(), {"gone:*"});
  CHECK(again.program.exit_code == 0);
  CHECK(names_on(group.primary(), "gone:*").empty());
}

}  // namespace rcache::test
