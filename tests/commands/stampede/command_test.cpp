#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "support/contains.h"
#include "support/scripted_context.h"
#include "support/temp_dir.h"

namespace rcache::stampede {
namespace {

test::LineResult stampede_line(const std::string& words) {
  return test::run_line("stampede simulate " + words, nullptr);
}

using test::contains;

}  // namespace

TEST_CASE("simulate: the bare command tells the story on one screen") {
  const auto result = stampede_line("");
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  CHECK(result.out.starts_with("one-hot-key: 1 key, TTL 1m, 500 requests/s\n"));
  CHECK(std::count(result.out.begin(), result.out.end(), '\n') <= 24);
  CHECK(contains(result.out, "\nnone: up to "));
  CHECK(contains(result.out, "\nBest: xfetch-lock"));
}

TEST_CASE("simulate: the same line gives the same bytes, whatever the number of threads") {
  for (const std::string format : {"text", "json", "csv"}) {
    const auto line = "--preset short-lock --runs 2 -o " + format;
    const auto once = stampede_line(line + " --threads 1").out;
    CHECK_FALSE(once.empty());
    CHECK(stampede_line(line + " --threads 7").out == once);
    CHECK(stampede_line(line).out == once);
  }
}

TEST_CASE("simulate: --html writes a page besides, and says when it cannot") {
  test::TempDir folder;
  const auto path = folder.path() + "/page.html";
  const auto result = stampede_line("--strategy none,swr-lock --html " + path);
  REQUIRE(result.outcome);
  CHECK(contains(result.out, "swr-lock"));
  std::ifstream file(path);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(contains(page, "swr-lock"));
  const auto refused = stampede_line("--strategy none --html " + folder.path() + "/no/page.html");
  REQUIRE_FALSE(refused.outcome);
  CHECK(refused.outcome.error().kind == ErrorKind::output);
  CHECK(contains(refused.outcome.error().message, "--html: cannot write"));
}

TEST_CASE("simulate: flags change a preset, and a file") {
  const auto preset = stampede_line("--preset slow-load --strategy none --duration 10s --rate 7");
  CHECK(contains(preset.out, "slow-load: 1 key, TTL 1m, 7 requests/s"));
  CHECK(contains(preset.out, "A load takes 3s"));
  test::TempDir folder;
  const auto path = folder.path() + "/cart.toml";
  std::ofstream(path) << "name = \"cart\"\nrate = 30\nstrategy = \"mutex\"\n";
  const auto file = stampede_line(path + " --ttl 5s");
  REQUIRE(file.outcome);
  CHECK(contains(file.out, "cart: 1 key, TTL 5s, 30 requests/s"));
  CHECK(contains(file.out, "mutex"));
  CHECK_FALSE(contains(file.out, "swr"));
}

TEST_CASE("simulate: of two flags that exclude each other none is dropped in silence") {
  const auto traffic = stampede_line("--rate 5 --clients 5");
  REQUIRE_FALSE(traffic.outcome);
  CHECK(traffic.outcome.error().kind == ErrorKind::usage);
  CHECK(traffic.outcome.error().message == "--rate and --clients both say who asks");
  const auto start = stampede_line("--cold --warm");
  REQUIRE_FALSE(start.outcome);
  CHECK(start.outcome.error().message == "--warm and --cold both say what is cached at time 0");
}

TEST_CASE("simulate: --rate takes the place of a file's clients") {
  test::TempDir folder;
  const auto path = folder.path() + "/closed.toml";
  std::ofstream(path) << "clients = 50\n";
  const auto result = stampede_line(path + " --rate 7 --strategy none --duration 10s");
  CHECK(contains(result.out, "7 requests/s"));
}

TEST_CASE("simulate: --fail-above is a gate") {
  const auto good = stampede_line("--strategy swr-lock --fail-above 1");
  REQUIRE(good.outcome);
  CHECK(*good.outcome == Outcome::done);
  const auto bad = stampede_line("--strategy swr-lock,none --fail-above 10");
  REQUIRE(bad.outcome);
  CHECK(*bad.outcome == Outcome::findings);
}

TEST_CASE("simulate: --timing adds the time, and only then is it there") {
  CHECK_FALSE(contains(stampede_line("--strategy none -o json").out, "elapsed_seconds"));
  CHECK(contains(stampede_line("--strategy none -o json --timing").out, "elapsed_seconds"));
}

TEST_CASE("simulate: a mistake is one line that names it") {
  struct Case {
    std::string line;
    std::string wanted;
  };
  const Case cases[] = {
      {"--beta x", "--beta: 'x' is not a number (try 1 or 0.5)"},
      {"--beta 0", "--beta: must be 0.001 to 1000"},
      {"--db slow", "--db: 'slow' is not one of fifo, shared, unlimited"},
      {"--load-time 5", ""},
      {"--load-time normal:5ms", "--load-time: 'normal:5ms' is not a load time"},
      {"--load-time uniform:5ms..1ms", "--load-time: the upper end lies below the lower one"},
      {"--strategy nonne", "--strategy: 'nonne' is not a strategy (did you mean 'none'?)"},
      {"--preset one-hot", "--preset: 'one-hot' is not a preset"},
      {"--runs 0", "--runs: '0' is not 1 to 1000"},
      {"--fail-above 5", "--fail-above judges the strategies that are named"},
      {"--threads 0", "--threads: a number of threads is 1 to 256"},
      {"--keys 0", "--keys: must be 1 to 100,000,000"},
      {"--seed -1", "--seed: '-1' is not a count"},
      {"--crash 2", "--crash: '2' is more than the whole"},
      {"-o prometheus", "--output: 'prometheus' is not a form of output here"},
      {"/nonexistent.toml", "cannot read '/nonexistent.toml'"},
      {"/nonexistent.toml --preset crash", "--preset and a scenario file both say where to start"},
      {"a b", "stampede simulate: 'b' is one argument too many"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.line);
    const auto result = stampede_line(c.line);
    if (c.wanted.empty()) {
      CHECK(result.outcome);
      continue;
    }
    REQUIRE_FALSE(result.outcome);
    CAPTURE(result.outcome.error().message);
    CHECK(result.outcome.error().kind == ErrorKind::usage);
    CHECK(result.outcome.error().message.starts_with(c.wanted));
    CHECK(result.out.empty());
  }
}

}  // namespace rcache::stampede
