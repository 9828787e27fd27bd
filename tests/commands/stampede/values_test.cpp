#include "commands/stampede/values.h"

#include <doctest/doctest.h>

#include <string>

#include "commands/stampede/parameters.h"

namespace rcache::stampede {

TEST_CASE("values: spans down to a microsecond") {
  struct Case {
    std::string text;
    Nanos wanted;
  };
  const Case cases[] = {{"500us", 500'000},
                        {"0.5ms", 500'000},
                        {"0", 0},
                        {"50ms", 50 * k_millisecond},
                        {"1.5s", 1500 * k_millisecond},
                        {"2m", 120 * k_second},
                        {"3", 3 * k_second}};
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const auto span = parse_span(c.text);
    REQUIRE(span);
    CHECK(*span == c.wanted);
  }
  for (const char* text : {"", "us", "ms", "-1ms", "0.0001us", "1e3ms", "5 ms", "infms"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_span(text));
  }
}

TEST_CASE("values: load times as they are typed, and back") {
  for (const char* text :
       {"50ms", "exp:50ms", "uniform:50ms..300ms", "lognormal:80ms,0.5", "2s", "exp:250us"}) {
    CAPTURE(std::string(text));
    const auto load_time = parse_load_time(text);
    REQUIRE(load_time);
    CHECK(to_string(*load_time) == text);
  }
  for (const char* text : {"", "fast", "exp:", "exp:x", "uniform:50ms", "uniform:50ms..x",
                           "lognormal:80ms", "lognormal:80ms,x", "normal:5ms", "50ms..60ms"}) {
    CAPTURE(std::string(text));
    const auto load_time = parse_load_time(text);
    REQUIRE_FALSE(load_time);
    CHECK(load_time.error().message.find("is not a load time (try 50ms") != std::string::npos);
  }
}

TEST_CASE("values: spans as they are read") {
  CHECK(format_span(0.0005) == "0.5 ms");
  CHECK(format_span(0.00003) == "30 us");
  CHECK(format_span(0.1015) == "102 ms");
  CHECK(format_span(0.0) == "0s");
  CHECK(format_span(16.5) == "16s");
}

TEST_CASE("values: strategies by name, each once") {
  const auto some = parse_strategies("swr-lock,none,swr-lock");
  REQUIRE(some);
  CHECK(*some == std::vector{Strategy::swr_lock, Strategy::none});
  CHECK(parse_strategies("all")->size() == all_strategies().size());
  CHECK_FALSE(parse_strategies(""));
  CHECK_FALSE(parse_strategies("none,"));
  for (const auto strategy : all_strategies())
    CHECK(strategy_named(to_string(strategy)) == strategy);
}

TEST_CASE("parameters: each is found by its name, and says what it is") {
  for (const auto& each : parameters()) {
    CAPTURE(std::string(each.name));
    CHECK(parameter_named(each.name) == &each);
    CHECK_FALSE(each.help.empty());
    Scenario scenario;
    if (!each.type.empty()) CHECK_FALSE(each.set(scenario, "nonsense"));
  }
  CHECK(parameter_named("db_slots") == parameter_named("db-slots"));
  CHECK(parameter_named("nothing") == nullptr);
}

}  // namespace rcache::stampede
