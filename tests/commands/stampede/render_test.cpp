#include "commands/stampede/render.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "stampede/presets.h"
#include "stampede/simulate.h"

namespace rcache::stampede {
namespace {

StrategyReport row(Strategy strategy, std::uint32_t peak, double p999, std::uint64_t loads) {
  StrategyReport out;
  out.strategy = strategy;
  out.requests = 100'000;
  out.hits = 100'000;
  out.loads = loads;
  out.peak_loads = peak;
  out.peak_range = {static_cast<double>(peak), static_cast<double>(peak)};
  out.latency = {0.0005, 0.0005, 0.0005, p999, p999};
  out.keeps_within_slots = peak <= 10;
  out.seconds_above_slots = peak <= 10 ? 0 : 37;
  out.series = {75, {0, peak, 0, peak}};
  return out;
}

Report sample() {
  Report report;
  report.scenario = preset_named("one-hot-key")->scenario;
  report.simulated_seconds = 300;
  report.strategies = {row(Strategy::swr_lock, 1, 0.0005, 4),
                       row(Strategy::none, 1906, 16.5, 3704)};
  report.strategies[0].stale_age = Spread{0.05, 0.1, 0.1, 0.105, 0.105};
  return report;
}

std::size_t columns_of(const std::string& line) {
  std::size_t columns = 0;
  for (const char byte : line) columns += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return columns;
}

}  // namespace

TEST_CASE("stampede text: the incident on one screen") {
  CHECK(text(sample(), {80, render::Color::off, render::Charset::unicode}) ==
        "one-hot-key: 1 key, TTL 1m, 500 requests/s\n"
        "A load takes 100 ms; the database has 10 slots, more loads slow each other down\n"
        "5m simulated, seed 1; warm cache, 8 processes, round trip 0.5 ms\n"
        "\n"
        "none: up to 1,906 loads at once for 10 slots, beyond them for 37s; p99.9 16s\n"
        "Best: swr-lock, peak 1, p99.9 0.5 ms, values up to 105 ms stale\n"
        "1 of 2 keeps the database within its slots; not none\n"
        "\n"
        "Strategy   peak  of loads    above  loads   p99.9   stale  over time\n"
        "swr-lock      1  █░░┃░░░░░░      -      4  0.5 ms  105 ms     ▁▁  ▁▁\n"
        "none      1,906  ███┃██████    37s  3,704     16s       -     ██  ██\n"
        "┃ = 10 slots, logarithmic. above: time beyond. More: rcache help strategies\n");
}

TEST_CASE("stampede text: plain ASCII where the locale wants it, and never wider than the screen") {
  const auto plain = text(sample(), {80, render::Color::off, render::Charset::ascii});
  for (const char byte : plain) CHECK_UNARY(static_cast<unsigned char>(byte) < 0x80);
  for (const auto& preset : presets()) {
    auto scenario = preset.scenario;
    scenario.duration = 30 * k_second;
    scenario.ttl = 10 * k_second;
    scenario.max_in_flight = 20'000;
    Job job;
    job.scenario = scenario;
    job.strategies.assign(all_strategies().begin(), all_strategies().end());
    job.runs = 2;
    const auto report = simulate(job, generated_arrivals(scenario));
    for (const std::size_t width : {40U, 60U, 80U, 100U, 200U}) {
      std::istringstream lines(text(report, {width, render::Color::off, render::Charset::unicode}));
      for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(columns_of(line) <= width);
        CHECK((line.empty() || line.back() != ' '));
      }
    }
  }
}

TEST_CASE("stampede text: a peak beyond the slots never looks as if it were within") {
  for (const std::uint32_t slots : {1U, 2U, 10U, 50U, 1000U}) {
    auto report = sample();
    report.scenario.db_slots = slots;
    for (const std::uint32_t peak : {slots, slots + 1}) {
      report.strategies = {row(Strategy::mutex, peak, 1, 1)};
      const auto shown = text(report, {80, render::Color::off, render::Charset::ascii});
      CAPTURE(shown);
      const auto tick = shown.find('|', shown.find("mutex  "));
      REQUIRE(tick != std::string::npos);
      CHECK((shown.substr(tick + 1, 1) == "#") == (peak > slots));
    }
  }
}

TEST_CASE("stampede text: a name from a file cannot move the cursor or forge a line") {
  auto report = sample();
  report.scenario.name = "x\x1b[2J\nBest: none\xff" + std::string(500, 'a');
  const auto shown = text(report, {80, render::Color::off, render::Charset::unicode});
  CHECK(shown.find('\x1b') == std::string::npos);
  CHECK(shown.starts_with("x\\x1b[2J\\x0aBest: none\\xff"));
  CHECK(shown.find("\nBest: none") == std::string::npos);
  const auto parsed = nlohmann::json::parse(json(report));
  CHECK(parsed["scenario"]["name"].contains("base64"));
}

TEST_CASE("stampede text: nothing helps, and what never recovers, are said") {
  auto report = sample();
  report.strategies = {row(Strategy::none, 2000, 3, 5)};
  report.strategies[0].unstable_at_seconds = 20;
  report.strategies[0].keeps_within_slots = false;
  const auto shown = text(report, {80, render::Color::off, render::Charset::unicode});
  CHECK(shown.find("it never recovers, and was stopped at") != std::string::npos);
  CHECK(shown.find("Nothing keeps the database within 10 slots.") != std::string::npos);
}

TEST_CASE("stampede json: a long curve is merged, and no peak of it is lost") {
  auto report = sample();
  report.strategies[0].series = {0.5, std::vector<std::uint32_t>(1000)};
  report.strategies[0].series.peaks[997] = 77;
  const auto series = nlohmann::json::parse(json(report))["strategies"][0]["load_series"];
  CHECK(series["bin_seconds"] == 2.5);
  CHECK(series["peaks"].size() == 200);
  CHECK(series["peaks"][199] == 77);
}

TEST_CASE("stampede json: the fields of the schema") {
  const auto parsed = nlohmann::json::parse(json(sample()));
  CHECK(parsed["schema"] == "rcache.stampede/1");
  CHECK(parsed["mode"] == "simulate");
  CHECK(parsed["best"] == "swr-lock");
  CHECK_FALSE(parsed.contains("elapsed_seconds"));
  CHECK(parsed["scenario"]["seed"] == 1);
  CHECK(parsed["scenario"]["db"] == "shared");
  const auto& first = parsed["strategies"][0];
  for (const char* field : {"name",
                            "requests",
                            "hits",
                            "stale",
                            "misses",
                            "hit_ratio",
                            "loads",
                            "wasted_loads",
                            "peak_loads",
                            "peak_queue",
                            "episodes",
                            "stampede_size",
                            "gap_seconds",
                            "seconds_above_slots",
                            "errors",
                            "latency_seconds",
                            "stale_age_seconds",
                            "db_wait_seconds",
                            "lock_tries",
                            "lock_failures",
                            "redis_operations",
                            "keeps_within_slots"}) {
    CAPTURE(std::string(field));
    CHECK(first.contains(field));
  }
  CHECK(first["load_series"]["bin_seconds"] == 75.0);
  CHECK(first["load_series"]["peaks"] == nlohmann::json{0, 1, 0, 1});
  CHECK(first["latency_seconds"]["p999"] == 0.0005);
  CHECK(first["stale_age_seconds"]["max"] == 0.105);
  CHECK(parsed["strategies"][1]["stale_age_seconds"].is_null());
  CHECK(parsed["strategies"][1]["keeps_within_slots"] == false);
}

TEST_CASE("stampede csv: a header and a row per strategy") {
  std::istringstream lines(csv(sample()));
  std::string line;
  std::getline(lines, line);
  CHECK(line.starts_with("strategy,keeps_within_slots,requests,"));
  const auto fields = std::count(line.begin(), line.end(), ',');
  for (const char* name : {"swr-lock,1,", "none,0,"}) {
    std::getline(lines, line);
    CHECK(line.starts_with(name));
    CHECK(std::count(line.begin(), line.end(), ',') == fields);
  }
}

}  // namespace rcache::stampede
