#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/utf8.h"
#include "support/contains.h"
#include "support/scripted_context.h"
#include "support/temp_dir.h"

namespace rcache::stampede {
namespace {

test::LineResult advise_line(const std::string& words) {
  return test::run_line("stampede advise " + words, nullptr);
}

using test::contains;

/// As one line, so that a test does not depend on where lines break.
std::string unwrapped(std::string text) {
  for (auto& byte : text)
    if (byte == '\n') byte = ' ';
  for (auto at = text.find("  "); at != std::string::npos; at = text.find("  ")) text.erase(at, 1);
  return text;
}

}  // namespace

TEST_CASE("advise: the bare command says what to do, and why") {
  const auto result = advise_line("");
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  const auto words = unwrapped(result.out);
  CHECK(contains(words, "Without a guard: up to "));
  CHECK(contains(words, "Smallest change: take mutex: peak 8 of 10 slots, p99.9 "));
  CHECK(contains(words,
                 "Safest: take xfetch-lock with a lock TTL of 1s and its delta capped at "
                 "200 ms: peak 1 of 10 slots, p99.9 "));
  CHECK(contains(words, "51.0 loads when the key expires and nothing guards it; 603 because"));
  CHECK(contains(words, "lock-once peak "));
  CHECK(contains(words, "one key expires whole, whatever its jitter"));
  CHECK(contains(words, "seeds 1 to 5, the same requests for all"));
}

TEST_CASE("advise: jitter is given in milliseconds, ready to be typed") {
  const auto words = unwrapped(
      advise_line("--preset mass-expiry --db fifo --strategy jitter,swr-lock --runs 2").out);
  CHECK(contains(words, "Smallest change: add --jitter "));
  CHECK(contains(words, " in milliseconds: peak "));
  CHECK(contains(words, "Safest: take swr-lock with a lock TTL of 1s and a jitter of up to "));
  CHECK(contains(words, "keys expire at one moment"));
}

TEST_CASE("advise: exit 1 when no strategy keeps within the slots, and what would") {
  const auto result = advise_line(
      "--keys 400 --zipf 0 --rate 400 --ttl 1s --db fifo --strategy swr-lock,lock-retry --runs 2");
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::findings);
  const auto words = unwrapped(result.out);
  CHECK(contains(words, "No strategy can help: keeping all values fresh takes "));
  CHECK(contains(words, "needs a TTL of "));
  CHECK(contains(words, "What would: take "));
  const auto failed = advise_line("--strategy lock-once,swr");
  REQUIRE(failed.outcome);
  CHECK(*failed.outcome == Outcome::findings);
  CHECK(contains(unwrapped(failed.out), "No strategy keeps the database within 10 slots"));
}

TEST_CASE("advise: JSON says the same, in base units") {
  const auto result = advise_line("--preset slow-load --db fifo --runs 2 -o json");
  REQUIRE(result.outcome);
  const auto out = nlohmann::json::parse(result.out);
  CHECK(out["schema"] == "rcache.stampede-advice/1");
  CHECK(out["db_slots"] == 10);
  CHECK(out["feasible"] == true);
  CHECK(out["floor_loads"].get<double>() == doctest::Approx(0.0476).epsilon(0.01));
  CHECK(out["closed_form"]["lock_ttl_seconds"] == 6.0);
  CHECK(out["closed_form"]["jitter_seconds"].is_null());
  CHECK(out["today"]["strategy"] == "none");
  CHECK(out["scenario"]["name"] == "slow-load");
  CHECK(out["runs"] == 2);
  bool found = false;
  for (const auto& each : out["recommendations"]) {
    CHECK(each["peak_loads"] <= 10);
    CHECK_FALSE(each["why"].get<std::string>().empty());
    if (each["strategy"] != "swr-lock") continue;
    found = true;
    CHECK(each["parameters"]["lock_ttl_seconds"] == 6.0);
    CHECK(each["peak_loads"] == 1);
  }
  CHECK(found);
  for (const auto& each : out["not_recommended"]) CHECK(each["why"].is_string());
}

TEST_CASE("advise: the same line gives the same bytes, whatever the number of threads") {
  const auto line = std::string("--preset short-lock --runs 2 -o json");
  const auto once = advise_line(line + " --threads 1").out;
  CHECK_FALSE(once.empty());
  CHECK(advise_line(line + " --threads 5").out == once);
}

TEST_CASE("advise: no line is wider than the terminal, in blocks or in ASCII") {
  for (const int width : {40, 60, 80, 200}) {
    CAPTURE(width);
    for (const bool unicode : {true, false}) {
      test::KeptOutput output;
      output.wanted_look = {false, false, unicode, width, 24};
      const auto result = test::run_line("stampede advise --preset slow-load --db fifo --runs 1",
                                         nullptr, std::move(output));
      std::string line;
      for (const char byte : result.out) {
        if (byte != '\n') {
          line += byte;
          continue;
        }
        CAPTURE(line);
        CHECK(display_width(line) <= static_cast<std::size_t>(width));
        line.clear();
      }
    }
  }
}

TEST_CASE("advise: a name from a file cannot move the cursor") {
  test::TempDir folder;
  const auto path = folder.path() + "/cart.toml";
  std::ofstream(path) << "name = \"c\\u001b[31mart\"\nrate = 5\nruns = 1\n";
  const auto result = advise_line(path);
  REQUIRE(result.outcome);
  CHECK_FALSE(contains(result.out, "\x1b"));
  CHECK(contains(result.out, "c\\x1b[31mart: 1 key"));
}

TEST_CASE("advise: refuses what makes no sense, in one line") {
  const auto refusal = [](const std::string& words) {
    const auto result = advise_line(words);
    REQUIRE_FALSE(result.outcome);
    CHECK(result.outcome.error().kind == ErrorKind::usage);
    return result.outcome.error().message;
  };
  CHECK(refusal("--duration 10s") == "--duration: nothing expires in 10s, the TTL is 1m");
  CHECK(contains(refusal("--db-slots 0"), "--db-slots"));
  CHECK(contains(refusal("--runs 0"), "--runs: '0' is not 1 to 1000"));
  CHECK(contains(refusal("--fail-above 1"), "--fail-above"));
  CHECK(contains(refusal("--preset nosuch"), "'nosuch' is not a preset"));
}

}  // namespace rcache::stampede
