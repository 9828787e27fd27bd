#include "commands/tags/report.h"

#include <doctest/doctest.h>

namespace rcache::tags {

TEST_CASE("tags report: tags without a TTL are findings only where they should have one") {
  CheckReport report;
  report.tags_without_ttl = 3;
  CHECK(report.findings() == 3);
  report.ttl_expected = false;
  CHECK(report.findings() == 0);
  report.untagged_keys = 2;
  CHECK(report.findings() == 2);
}

TEST_CASE("tags report: of very many tags the worst are kept, outlived ones first") {
  WorstTags worst(3);
  for (std::uint64_t i = 1; i <= 1000; ++i)
    worst.offer(
        {.tag = std::to_string(i), .key = std::to_string(i), .members = i, .dead = i % 500});
  worst.offer({.tag = "outlived", .key = "outlived", .members = 1, .outliving = 1});
  worst.offer({.tag = "healthy", .key = "healthy", .members = 9999});
  const auto sorted = std::move(worst).sorted();
  REQUIRE(sorted.size() == 3);
  CHECK(sorted[0].tag == "outlived");
  CHECK(sorted[1].tag == "499");
  CHECK(sorted[2].tag == "999");
}

}  // namespace rcache::tags
