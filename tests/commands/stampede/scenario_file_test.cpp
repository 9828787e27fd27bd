#include "commands/stampede/scenario_file.h"

#include <doctest/doctest.h>

#include <string>

namespace rcache::stampede {

TEST_CASE("scenario file: every kind of value, over a preset that may stand anywhere") {
  const auto plan = parse_scenario(
      "name = \"cart\"\n"
      "rate = 800\n"
      "zipf = 0.5\n"
      "ttl = \"5m\"\n"
      "load-time = \"lognormal:80ms,0.5\"\n"
      "db_slots = 20\n"
      "db = \"fifo\"\n"
      "warm = false\n"
      "strategy = [\"none\", \"swr-lock\"]\n"
      "runs = 3\n"
      "fail-above = 40\n"
      "preset = \"slow-load\"\n",
      "cart.toml");
  REQUIRE(plan);
  const auto& scenario = plan->scenario;
  CHECK(scenario.name == "cart");
  CHECK(scenario.rate == 800);
  CHECK(scenario.zipf == 0.5);
  CHECK(scenario.ttl == 300 * k_second);
  CHECK(scenario.load_time.kind == LoadTime::Kind::lognormal);
  CHECK(scenario.load_time.span == 80 * k_millisecond);
  CHECK(scenario.db_slots == 20);
  CHECK(scenario.db == DatabaseModel::fifo);
  CHECK_FALSE(scenario.warm);
  CHECK(scenario.duration == 600 * k_second);  // the preset's
  CHECK(plan->strategies == std::vector{Strategy::none, Strategy::swr_lock});
  CHECK(plan->runs == 3);
  CHECK(plan->fail_above == 40U);
}

TEST_CASE("scenario file: what is wrong is named with its line and column") {
  struct Case {
    std::string text;
    std::string wanted;
    std::string hint;
  };
  const Case cases[] = {
      {"rate = 5\nlaod-time = 3\n", "cart.toml:2:1: 'laod-time' is not a parameter",
       "did you mean 'load-time'?"},
      {"rate = [1]\n", "cart.toml:1:8: rate must be a number or a string", ""},
      {"\n  warm = 1\n", "cart.toml:2:10: warm must be true or false", ""},
      {"ttl = true\n", "cart.toml:1:7: ttl must be a number or a string", ""},
      {"ttl = \"soon\"\n", "cart.toml:1:7: ttl: 'soon' is not a duration (try 90s, 15m, 24h or 7d)",
       ""},
      {"rate = -5\n", "cart.toml:1:8: rate: '-5' is not a rate (try 0/s, 5/s or 120/m)", ""},
      {"db = \"big\"\n", "cart.toml:1:6: db: 'big' is not one of fifo, shared, unlimited", ""},
      {"preset = \"x\"\n", "cart.toml:1:10: 'x' is not a preset", "rcache help presets lists them"},
      {"strategy = \"swr_lock\"\n",
       "cart.toml:1:12: strategy: 'swr_lock' is not a strategy (did you mean 'swr-lock'?)", ""},
      {"strategy = [1]\n", "cart.toml:1:12: strategy must be a string or a list of strings", ""},
      {"runs = 0\n", "cart.toml:1:8: runs must be a whole number, 1 or more", ""},
      {"rate = 1e400\n", "cart.toml:1:", ""},
      {"rate = nan\n", "cart.toml:1:8: rate: 'nan' is not a rate", ""},
      {"keys = 9999999999\n", "cart.toml:1:8: keys: '9999999999' is too many", ""},
      {"rate = 5\nclients = 6\n", "cart.toml:1:8: rate and clients both say who asks", ""},
      {"rate = 5\nrate = 6\n", "cart.toml:2:8: not TOML", ""},
      {"rate = \n", "cart.toml:1:", ""},
      {"[a]\nrate = 5\n", "cart.toml:1:2: 'a' is not a parameter", ""},
      {"\"a\\u001b[2J\" = 1\n", "cart.toml:1:1: 'a\\x1b[2J' is not a parameter", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const auto plan = parse_scenario(c.text, "cart.toml");
    REQUIRE_FALSE(plan);
    CAPTURE(plan.error().message);
    CHECK(plan.error().kind == ErrorKind::usage);
    CHECK(plan.error().message.starts_with(c.wanted));
    CHECK(plan.error().message.find('\n') == std::string::npos);
    CHECK(plan.error().message.find('\x1b') == std::string::npos);
    if (!c.hint.empty()) CHECK(plan.error().hint == c.hint);
  }
}

TEST_CASE("scenario file: one that cannot be read says so") {
  for (const char* path : {"/nonexistent/cart.toml", "/"}) {
    const auto plan = read_scenario(path);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().message == "cannot read '" + std::string(path) + "'");
  }
  const auto endless = read_scenario("/dev/zero");
  REQUIRE_FALSE(endless);
  CHECK(endless.error().message == "'/dev/zero' is larger than 1 MiB: not a scenario");
}

}  // namespace rcache::stampede
