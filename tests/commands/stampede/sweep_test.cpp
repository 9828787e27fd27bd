#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "commands/stampede/sweep_flag.h"
#include "commands/stampede/sweep_render.h"
#include "support/contains.h"
#include "support/scripted_context.h"

namespace rcache::stampede {
namespace {

test::LineResult sweep_line(const std::string& words) {
  return test::run_line("stampede simulate " + words, nullptr);
}

using test::contains;

std::string refusal(std::string_view text) {
  const auto read = parse_sweep(text);
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == ErrorKind::usage);
  return read.error().message;
}

SweepPoint point(const std::string& words, double peak, bool within) {
  SweepPoint out;
  out.words = words;
  SweepResult result;
  result.peak = {peak, peak};
  result.keeps_within_slots = within;
  out.results.push_back(result);
  return out;
}

std::string cliff(std::initializer_list<bool> within) {
  Sweep sweep;
  int number = 0;
  for (const bool each : within)
    sweep.points.push_back(point(std::to_string(++number) + "s", 1, each));
  return cliff_words(sweep, Strategy::none);
}

}  // namespace

TEST_CASE("parse_sweep: a range has equal steps, or equal ratios when it is wide") {
  const auto even = parse_sweep("jitter=0s..60s");
  REQUIRE(even);
  CHECK(even->parameter->name == "jitter");
  CHECK(even->unit == SweepUnit::seconds);
  REQUIRE(even->values.size() == 13);
  CHECK(even->values[1] == doctest::Approx(5));
  CHECK(even->values.back() == 60);
  const auto wide = parse_sweep("load_time=10ms..10s/4");
  REQUIRE(wide);
  REQUIRE(wide->values.size() == 4);
  CHECK(wide->values[1] == doctest::Approx(0.1));
  CHECK(wide->values[2] == doctest::Approx(1));
}

TEST_CASE("parse_sweep: a list, in order and each once; whole numbers stay whole") {
  const auto list = parse_sweep("beta=2,0.5,1,1");
  REQUIRE(list);
  CHECK(list->values == std::vector<double>{0.5, 1, 2});
  CHECK(list->unit == SweepUnit::number);
  const auto processes = parse_sweep("processes=1..4");
  REQUIRE(processes);
  CHECK(processes->values == std::vector<double>{1, 2, 3, 4});
}

TEST_CASE("parse_sweep: refuses what it cannot be, and says what it can") {
  CHECK(contains(refusal("jitter"), "is not NAME=FROM..TO"));
  CHECK(contains(refusal("jitter="), "is not NAME=FROM..TO"));
  CHECK(refusal("jiter=0s..1s") == "'jiter' cannot be swept (did you mean 'jitter'?)");
  CHECK(contains(refusal("db=fifo,shared"), "cannot be swept"));
  CHECK(contains(refusal("cold=1..2"), "cannot be swept"));
  CHECK(contains(refusal("jitter=9s..1s"), "ends before it begins"));
  CHECK(contains(refusal("jitter=0s..1s/1"), "is not a number of steps"));
  CHECK(contains(refusal("jitter=5s"), "is not 2 to 100 different values"));
  CHECK(contains(refusal("beta=1..x"), "'x' is not a number"));
  CHECK(contains(refusal("\x1b[2J=1..2"), "\\x1b[2J"));
}

TEST_CASE("cliff_words: where it breaks") {
  CHECK(cliff({true, true}) == "always");
  CHECK(cliff({false, false}) == "never");
  CHECK(cliff({true, true, false}) == "up to 2s");
  CHECK(cliff({false, true, true}) == "from 2s on");
  CHECK(cliff({true, false, true}) == "at 2 of 3 values");
}

TEST_CASE("simulate --sweep: lock-once breaks where a load outlasts its wait") {
  const auto text = sweep_line("--strategy lock-once --sweep load-time=60ms,74ms,100ms").out;
  CHECK(contains(text, "Peak loads with --load-time from 60 ms to 100 ms, 3 values\n"));
  CHECK(contains(text, "up to 74 ms\n"));
}

TEST_CASE("simulate --sweep: CSV and JSON have every value and strategy") {
  const std::string line = "--strategy none,swr-lock --runs 2 --sweep rate=10..500/3 -o ";
  const auto csv = sweep_line(line + "csv").out;
  CHECK(csv.starts_with("parameter,value,strategy,keeps_within_slots,db_slots,peak_loads_low,"));
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 7);
  const auto out = nlohmann::json::parse(sweep_line(line + "json").out);
  CHECK(out["sweep"]["parameter"] == "rate");
  CHECK(out["sweep"]["unit"].is_null());
  const auto& values = out["sweep"]["values"];
  REQUIRE(values.size() == 3);
  CHECK(values[2]["value"] == 500.0);
  for (const auto& value : values) CHECK(value["strategies"].size() == 2);
  // The last value is the scenario itself, so it says the same.
  for (const auto& row : values[2]["strategies"]) {
    for (const auto& whole : out["strategies"]) {
      if (whole["name"] != row["name"]) continue;
      CHECK(row["peak_loads"] == whole["ranges"]["peak_loads"]);
    }
  }
}

TEST_CASE("simulate --sweep: a value that makes no sense there is named") {
  const auto result = sweep_line("--sweep beta=0..3");
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().message == "--sweep: 0: --beta: must be 0.001 to 1000");
}

}  // namespace rcache::stampede
