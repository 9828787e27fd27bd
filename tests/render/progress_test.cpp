#include "render/progress.h"

#include <doctest/doctest.h>

namespace rcache::render {
namespace {

using std::chrono::milliseconds;

const Progress k_progress{.verb = "removed",
                          .keys = 120'000,
                          .scanned = 456'789,
                          .total = 1'000'000,
                          .keys_per_second = 230'000,
                          .eta = milliseconds(2300),
                          .held_by = "--rate"};

TEST_CASE("progress: the whole line, and less of it from the right where it is narrow") {
  struct Case {
    std::size_t width;
    const char* line;
  };
  const Case cases[] = {
      {200, "removed 120,000 keys  45% of ~1,000,000 scanned  230,000/s  ETA 3s  (held by --rate)"},
      {84, "removed 120,000 keys  45% of ~1,000,000 scanned  230,000/s  ETA 3s  (held by --rate)"},
      {83, "removed 120,000 keys  45% of ~1,000,000 scanned  230,000/s  ETA 3s"},
      {60, "removed 120,000 keys  45% of ~1,000,000 scanned  230,000/s"},
      {57, "removed 120,000 keys  45% of ~1,000,000 scanned"},
      {46, "removed 120,000 keys"},
      {10, "removed 12"},
      {0, ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.width);
    CHECK(progress_line(k_progress, c.width) == c.line);
  }
}

TEST_CASE("progress: what is not known is left out") {
  CHECK(progress_line({.verb = "matched"}, 80) == "matched 0 keys  0 scanned");
  CHECK(progress_line({.verb = "expiring", .keys = 1, .scanned = 1500}, 80) ==
        "expiring 1 key  1,500 scanned");
}

TEST_CASE("progress: 100 % is the end of the run, not a keyspace that grew meanwhile") {
  auto progress = k_progress;
  progress.scanned = 999'999;
  CHECK(progress_line(progress, 40) == "removed 120,000 keys");
  CHECK(progress_line(progress, 47) == "removed 120,000 keys  99% of ~1,000,000 scanned");
  progress.scanned = 5'000'000;
  CHECK(progress_line(progress, 47) == "removed 120,000 keys  99% of ~1,000,000 scanned");
  progress.eta = milliseconds(0);
  CHECK(progress_line(progress, 66) ==
        "removed 120,000 keys  99% of ~1,000,000 scanned  230,000/s  ETA 0s");
}

}  // namespace
}  // namespace rcache::render
