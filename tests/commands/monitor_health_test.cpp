#include "commands/monitor_health.h"

#include <doctest/doctest.h>

namespace rcache {
namespace {

using redis::Reply;

Reply time_reply(std::int64_t ms) {
  return Reply{std::vector<Reply>{Reply{std::to_string(ms / 1000)},
                                  Reply{std::to_string(ms % 1000 * 1000)}}};
}

Reply list_reply(std::int64_t waiting) {
  return Reply{"id=7 addr=a:1 obl=0 oll=3 omem=" + std::to_string(waiting) +
               " tot-mem=1 cmd=monitor\n"};
}

std::vector<Reply> replies(std::int64_t ms, std::int64_t waiting) {
  return {time_reply(ms), list_reply(waiting)};
}

}  // namespace

TEST_CASE("health: an idle server is not behind, its last line being our own TIME") {
  MonitorHealth health;
  CapturedNode report;
  CHECK_FALSE(health.look(replies(1'000'000, 0), 0, report));
  for (std::int64_t look = 1; look < 20; ++look) {
    const auto now = 1'000'000 + look * 500;
    CHECK_FALSE(health.look(replies(now, 0), now - 500, report));
  }
  CHECK(report.most_behind_ms == 0);
  CHECK(report.most_waiting_bytes == 0);
}

TEST_CASE("health: lines that come late are measured, and five seconds are too late") {
  MonitorHealth health;
  CapturedNode report;
  report.address = "10.0.0.1:6379";
  CHECK_FALSE(health.look(replies(1'000'000, 0), 0, report));
  CHECK_FALSE(health.look(replies(1'003'000, 0), 1'000'000 - 1, report));
  CHECK(report.most_behind_ms == 3000);
  const auto why = health.look(replies(1'006'500, 0), 1'001'000, report);
  REQUIRE(why);
  CHECK(*why == "the lines of 10.0.0.1:6379 come 5.5s late");
}

TEST_CASE("health: a buffer that grows look after look, or is huge, ends the recording") {
  constexpr std::int64_t k_mebibyte = 1 << 20;
  MonitorHealth growing;
  CapturedNode report;
  report.address = "s";
  for (int look = 0; look < 3; ++look) {
    const auto now = 1'000'000 + look * 500;
    CHECK_FALSE(growing.look(replies(now, (40 + look) * k_mebibyte), now, report));
  }
  CHECK(growing.look(replies(1'001'500, 50 * k_mebibyte), 1'001'500, report) ==
        "s has 50.0 MiB of lines waiting to be read");
  MonitorHealth steady;
  for (int look = 0; look < 20; ++look) {
    const auto now = 1'000'000 + look * 500;
    CHECK_FALSE(steady.look(replies(now, (40 + look % 3) * k_mebibyte), now, report));
  }
  MonitorHealth huge;
  CHECK(huge.look(replies(1'000'000, 300 * k_mebibyte), 0, report));
  CHECK(report.most_waiting_bytes == 300 * k_mebibyte);
}

TEST_CASE("health: what a server does not answer is not known, and no reason to stop") {
  MonitorHealth health;
  CapturedNode report;
  const Reply refused{redis::ServerError("NOPERM no")};
  for (int look = 0; look < 5; ++look) CHECK_FALSE(health.look({refused, refused}, 5, report));
  CHECK_FALSE(health.look({}, 5, report));
  CHECK_FALSE(report.most_waiting_bytes);
  CHECK_FALSE(waiting_bytes(Reply{std::string("id=7 omem=x\n")}));
  CHECK(waiting_bytes(list_reply(5)) == 5);
}

}  // namespace rcache
