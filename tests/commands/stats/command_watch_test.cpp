#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "commands/stats/scripts.h"

namespace rcache::stats {

TEST_CASE("stats --watch: a line for each tick until the interrupt") {
  FakeClock clock;
  clock.interrupt_at_sleep = 3;
  const auto result =
      run_line("stats --watch -o ndjson",
               server({info(), info_later(2, 3, 1), info_later(4, 3, 1)}), {}, clock);
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::interrupted);
  CHECK(std::count(result.out.begin(), result.out.end(), '\n') == 3);
  CHECK(contains(result.out, "\"window\":null"));
  CHECK(contains(result.out, "\"window\":{\"seconds\":2.0,\"hits\":3,\"misses\":1,"));
  CHECK(contains(result.out, "\"window\":{\"seconds\":2.0,\"hits\":0,\"misses\":0,"));
}

TEST_CASE("stats --watch: on a terminal it redraws, no taller than the terminal") {
  for (const int height : {24, 12, 5, 1}) {
    CAPTURE(height);
    FakeClock clock;
    clock.interrupt_at_sleep = 1;
    KeptOutput output;
    output.wanted_look = {
        .color = false, .terminal = true, .unicode = false, .width = 80, .height = height};
    const auto out = run_line("stats --watch", server({info()}), std::move(output), clock).out;
    CHECK(out.starts_with("\x1b[2J\x1b[H"));
    CHECK(out.ends_with("\x1b[J"));
    CHECK(std::count(out.begin(), out.end(), '\n') <= std::max(height - 1, 1));
    CHECK(contains(out, "ealthy"));  // the verdict
  }
}

TEST_CASE(
    "stats --watch: a refusal at the first tick is an error, one later is waited out and told "
    "once") {
  const Exchange refused{{"INFO", "everything"}, Reply{ServerError("NOPERM no access")}};
  const auto first = run_line("stats --watch", server({refused}));
  REQUIRE_FALSE(first.outcome);
  CHECK(first.outcome.error().kind == ErrorKind::connect);

  FakeClock clock;
  clock.interrupt_at_sleep = 2;
  const auto later = run_line("stats --watch -o ndjson",
                              server({info(), refused, refused, info_later(9, 1, 0)}), {}, clock);
  CHECK(std::count(later.out.begin(), later.out.end(), '\n') == 2);
  REQUIRE(later.notes.size() == 1);
  CHECK(contains(later.notes[0], "NOPERM no access; trying again"));
}

TEST_CASE("stats --watch: a reader that is gone ends it") {
  KeptOutput output;
  output.closed = true;
  const auto result = run_line("stats --watch", server({}), std::move(output));
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::output);
}

}  // namespace rcache::stats
