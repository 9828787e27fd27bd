#include <nlohmann/json.hpp>

#include "e2e/support.h"

namespace rcache::test {
namespace {

using Json = nlohmann::json;

/// One key, read every 10 ms by another connection, that takes 300 ms to load and lives for 1.7 s:
/// the MONITOR text of ten seconds of it.
std::string incident() {
  std::string text = "OK\n";
  const auto line = [&](int ms, int source, const std::string& words) {
    text += "1700000000." + std::to_string(1'000'000 + ms * 1000).substr(1) +
            " [0 10.0.0.1:" + std::to_string(source) + "] " + words + "\n";
  };
  for (int second = 0; second < 10; ++second) {
    for (int ms = 0; ms < 1000; ms += 10) {
      const auto before = text.size();
      line(ms, 40'000 + ms, "\"GET\" \"page:home\"");
      if (second % 2 == 0 && ms == 300)
        line(ms, 40'000, "\"SET\" \"page:home\" \"x\" \"PX\" \"1700\"");
      // The second of each line.
      for (auto at = text.find("1700000000.", before); at != std::string::npos;
           at = text.find("1700000000.", at + 1))
        text[at + 9] = static_cast<char>('0' + second);
    }
  }
  return text;
}

Json replay(std::vector<std::string> words, const std::string& input = {}) {
  words.insert(words.begin(), {"stampede", "replay"});
  words.insert(words.end(), {"-o", "json"});
  auto options = rcache_with(std::move(words));
  options.input = input;
  const auto result = run(std::move(options));
  CAPTURE(result.describe());
  REQUIRE(result.exit_code == 0);
  CHECK(result.err.empty());
  return Json::parse(result.out);
}

const Json& row(const Json& report, const std::string& strategy) {
  for (const auto& each : report["strategies"])
    if (each["name"] == strategy) return each;
  FAIL("no row for " << strategy);
  return report;
}

}  // namespace

TEST_CASE("stampede replay: a recorded incident under every strategy, from a file and from stdin") {
  const TempDir folder;
  const auto file = folder.write("monitor.txt", incident());
  const auto report = replay({file, "--db", "unlimited"});
  CHECK(report["schema"] == "rcache.stampede/1");
  CHECK(report["mode"] == "replay");
  CHECK(report["strategies"].size() == 14);
  const auto& trace = report["trace"];
  CHECK(trace["format"] == "monitor");
  CHECK(trace["reads"] == 1000);
  CHECK(trace["keys"] == 1);
  CHECK(trace["open_loop"] == true);
  CHECK(trace["loads"]["inferred"] == 5);
  CHECK(trace["loads"]["p50_seconds"] == doctest::Approx(0.3));
  CHECK(report["scenario"]["keys"] == 1);
  // A load of 300 ms and a read each 10 ms: about 30 loads for each expiry, or one with a lock.
  const auto& none = row(report, "none");
  CHECK(none["requests"] == 1000);
  CHECK(none["peak_loads"] >= 29);
  CHECK(none["peak_loads"] <= 32);
  CHECK(row(report, "lock-retry")["peak_loads"] == 1);

  auto piped = replay({"-", "--db", "unlimited"}, incident());
  CHECK(piped["trace"]["name"] == "stdin");
  CHECK(piped["strategies"] == report["strategies"]);
}

TEST_CASE("stampede replay: the same words give the same bytes, however many threads") {
  const TempDir folder;
  const auto file = folder.write("monitor.txt", incident());
  const auto one = run_rcache({"stampede", "replay", file, "-o", "json", "--threads", "1"});
  const auto two = run_rcache({"stampede", "replay", file, "-o", "json", "--threads", "3"});
  CHECK(one.exit_code == 0);
  CHECK(one.out == two.out);
}

TEST_CASE("stampede replay: what is typed wins over what the trace says") {
  const TempDir folder;
  const auto file = folder.write("monitor.txt", incident());
  const auto report = replay({file, "--load-time", "50ms", "--ttl", "5s", "--duration", "4s",
                              "--strategy", "none", "--cold"});
  CHECK(report["trace"]["ttl_given"] == true);
  CHECK(report["trace"]["load_time_given"] == true);
  CHECK(report["trace"]["start"] == "cold");
  CHECK(report["trace"]["reads"] == 401);
  // Cold: one expiry at the begin, five reads and the half trips within 50 ms.
  CHECK(row(report, "none")["loads"] >= 5);
  CHECK(row(report, "none")["loads"] <= 7);
}

TEST_CASE(
    "stampede replay: --fail-above is a gate, csv has a row a strategy, text says open loop") {
  const TempDir folder;
  const auto file = folder.write("monitor.txt", incident());
  const auto failed = run_rcache({"stampede", "replay", file, "--strategy", "none", "--fail-above",
                                  "10", "--db", "unlimited"});
  CHECK(failed.exit_code == 1);
  const auto passed = run_rcache(
      {"stampede", "replay", file, "--strategy", "lock-retry", "--fail-above", "10", "-o", "csv"});
  CHECK(passed.exit_code == 0);
  CHECK(lines_of(passed.out).size() == 2);
  CHECK(contains(failed.out, "Open loop: requests come when they came in the trace"));
  CHECK(contains(failed.out, "1,000 reads of 1 key in"));
}

TEST_CASE("stampede replay: damaged lines are counted and the first named, or refused") {
  const TempDir folder;
  const auto file = folder.write("monitor.txt", incident() + "nonsense\nmore\n");
  const auto report = replay({file, "--strategy", "none"});
  CHECK(report["trace"]["malformed"] == 2);
  CHECK(report["trace"]["first_malformed"]["number"] == 1007);
  check_refused(run_rcache({"stampede", "replay", file, "--strict"}), 2,
                "line 1,007: no time (seconds.microseconds) at its begin");
}

TEST_CASE("stampede replay: what cannot be replayed, in one line") {
  const TempDir folder;
  const auto file = folder.write("monitor.txt", incident());
  const auto writes = folder.write("writes.csv", "time_s,op,key\n1,set,a\n");
  const auto other = folder.write("other.txt", "hello\n");
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{file, "--rate", "5"}, "--rate: the trace says who asks and when"},
      {{file, "--clients", "5"}, "--clients: the trace says who asks and when"},
      {{file, "--format", "json"}, "--format: 'json' is not one of monitor, record"},
      {{folder.file("none")}, "No such file or directory"},
      {{other}, "its format cannot be told from its begin"},
      {{writes}, "there is no read in the trace"},
      {{folder.write("empty", "")}, "it is empty"},
  };
  for (const auto& [words, part] : cases) {
    CAPTURE(part);
    auto all = words;
    all.insert(all.begin(), {"stampede", "replay"});
    check_refused(run_rcache(all), 2, part);
  }
}

}  // namespace rcache::test
