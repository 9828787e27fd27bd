#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "trace/samples.h"
#include "trace/seconds_spread.h"

namespace rcache::trace::test {
namespace {

/// As libCacheSim writes it.
std::string oracle_record(std::uint32_t second, std::uint64_t id, std::uint32_t size,
                          std::int64_t next) {
  std::string out;
  const auto put = [&](std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i) & 0xffU);
  };
  put(second, 4);
  put(id, 8);
  put(size, 4);
  put(static_cast<std::uint64_t>(next), 8);
  return out;
}

std::string oracle_trace(std::uint32_t seconds, std::uint32_t each) {
  std::string out;
  for (std::uint32_t second = 0; second < seconds; ++second)
    for (std::uint32_t i = 0; i < each; ++i)
      out += oracle_record(1000 + second, i % 7, 100 + i, -1);
  return out;
}

}  // namespace

TEST_CASE("oracle-general: records, their order kept, moments inside their second") {
  const auto trace = read(oracle_trace(3, 1000));
  CHECK(trace.format == TraceFormat::oracle_general);
  REQUIRE(trace.events.size() == 3000);
  CHECK(trace.keys.size() == 7);
  CHECK(trace.out_of_order == 0);
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const auto& event = trace.events[i];
    REQUIRE(event.time_ns / 1'000'000'000 == static_cast<std::int64_t>(1000 + i / 1000));
    REQUIRE(event.size == 100 + i % 1000);
    REQUIRE(event.key == i % 1000 % 7);
    REQUIRE(event.verb == Verb::get);
  }
}

TEST_CASE("SecondsSpread: moments are those of a uniform sample, for few and for many") {
  // Kolmogorov-Smirnov against the uniform distribution: the largest distance, times the root of
  // the count, is above 1.95 once in a thousand samples. The seed is fixed.
  for (const std::uint32_t each : {200U, 20'000U}) {
    CAPTURE(each);
    const auto trace = read(oracle_trace(2, each));
    double worst = 0;
    for (std::uint32_t i = 0; i < each; ++i) {
      const auto moment = static_cast<double>(trace.events[i].time_ns % 1'000'000'000) / 1e9;
      worst = std::max(worst, std::abs(moment - (i + 0.5) / each));
    }
    CHECK(worst * std::sqrt(each) < 1.95);
  }
}

TEST_CASE("SecondsSpread: the same seed gives the same moments, another one others") {
  const auto bytes = oracle_trace(2, 300);
  auto options = named();
  const auto first = read(bytes, options).events;
  CHECK(read(bytes, options).events == first);
  options.seed = 2;
  CHECK(read(bytes, options).events != first);
  // On every machine: moments of seed 1.
  CHECK(first[0].time_ns == read(bytes).events[0].time_ns);
}

TEST_CASE("oracle-general: one that is cut off is read as far as it goes") {
  auto bytes = oracle_trace(1, 10);
  bytes.pop_back();
  const auto trace = read(bytes);
  CHECK(trace.events.size() == 9);
  REQUIRE(trace.tally.first_malformed);
  CHECK(trace.tally.first_malformed->number == 10);
  CHECK(trace.tally.first_malformed->why == "cut off: a record has 24 bytes");
}

TEST_CASE("twitter: operations, TTLs, and keys of any byte but a comma") {
  const auto trace = read(
      "0,nz:u:eeW511W3dcH3de3d15ec,22,304,5,get,0\n"
      "0,k\"2 \xff,5,30,5,set,86400\n"
      "1,a,1,1,6,delete,0\n"
      "1,b,1,9,6,add,0\n"
      "1,c,1,0,6,incr,0\n");
  CHECK(trace.format == TraceFormat::twitter);
  REQUIRE(trace.events.size() == 5);
  CHECK(trace.events[0].verb == Verb::get);
  CHECK(trace.events[1].verb == Verb::set);
  CHECK(trace.events[1].ttl_ms == 86'400'000);
  CHECK(trace.events[1].size == 30);
  CHECK(trace.keys.name_of(trace.events[1].key) == "k\"2 \xff");
  CHECK(trace.events[2].verb == Verb::del);
  CHECK(trace.events[2].source == 1);
  CHECK(trace.events[3].verb == Verb::add);
  CHECK(trace.events[3].ttl_ms == k_no_ttl);
  CHECK(trace.events[4].verb == Verb::update);
  for (const auto* line : {"x,a,1,1,1,get,0", "0,a,1,x,1,get,0", "0,a,1,1,1,got,0",
                           "0,a,1,1,1,get,x", "0,a,1,1,1,get", "0,a,1,1,1,get,0,0"}) {
    CAPTURE(line);
    const auto damaged = read("0,a,1,1,1,get,0\n" + std::string(line) + "\n");
    CHECK(damaged.events.size() == 1);
    CHECK(damaged.tally.malformed == 1);
  }
}

TEST_CASE("oracle-general: --match has nothing to look at") {
  auto options = named();
  options.match = *Glob::parse("a*");
  const auto trace = parse_trace(oracle_trace(1, 10), options);
  REQUIRE_FALSE(trace);
  CHECK(trace.error().message ==
        "cannot use the trace 'trace': its keys have no names that --match could look at");
}

}  // namespace rcache::trace::test
