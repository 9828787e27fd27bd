#include "core/suggest.h"

#include <doctest/doctest.h>

namespace rcache {

TEST_CASE("suggest: what is near enough, and what is not") {
  const std::vector<std::string> known = {"stats",    "demo",    "help", "completion",
                                          "--window", "--watch", "-o",   "hit-ratio"};
  struct Case {
    std::string name;
    const char* typed;
    std::optional<std::string> wanted;
  };
  const Case cases[] = {
      {"itself", "stats", "stats"},
      {"one letter missing", "stat", "stats"},
      {"one letter too many", "statss", "stats"},
      {"one letter wrong", "statz", "stats"},
      {"two letters swapped", "sttas", "stats"},
      {"a beginning", "hit", "hit-ratio"},
      {"a beginning of a long word", "compl", "completion"},
      {"a flag", "--widow", "--window"},
      {"two mistakes in a long word", "complettoin", "completion"},
      {"nothing in common", "frobnicate", std::nullopt},
      {"another short word", "list", std::nullopt},
      {"one letter", "-v", std::nullopt},
      {"nothing", "", std::nullopt},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(suggest(c.typed, known) == c.wanted);
  }
}

TEST_CASE("suggest: very long words cost nothing") {
  CHECK(suggest(std::string(1000000, 'x'), {"stats"}) == std::nullopt);
}

TEST_CASE("suggest: of two that are equally near the first") {
  CHECK(suggest("statx", {"stats", "state"}) == "stats");
  CHECK(suggest("stat", {}) == std::nullopt);
}

}  // namespace rcache
