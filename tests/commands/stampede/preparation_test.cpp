#include "commands/stampede/replay/preparation.h"

#include <doctest/doctest.h>

namespace rcache::stampede {
namespace {

struct Made {
  Prepared prepared;
  Scenario scenario;

  const std::vector<Arrival>& arrivals() const { return *prepared.arrivals; }
  Nanos first_expiry(std::uint32_t key) const { return scenario.first_expiries->at(key); }
};

/// Of a CSV with `time_s,op,key,ttl_s,source`.
Made made(const std::string& lines, const Preparation& how = {}) {
  auto trace = trace::parse_trace("time_s,op,key,ttl_s,source\n" + lines, {});
  REQUIRE(trace);
  Made out;
  auto prepared = prepare(std::move(*trace), how, out.scenario);
  REQUIRE(prepared);
  out.prepared = std::move(*prepared);
  return out;
}

}  // namespace

TEST_CASE("prepare: reads are arrivals from time 0 on, removals invalidate, writes are neither") {
  const auto it = made(
      "100.0,set,never-read,60,s1\n"
      "100.5,get,a,,s1\n"
      "101.0,set,a,60,s1\n"
      "102.0,get,b,,s2\n"
      "103.0,del,a,,s3\n"
      "104.0,get,a,,s2\n");
  const auto& arrivals = it.arrivals();
  REQUIRE(arrivals.size() == 4);
  CHECK(arrivals[0].at == 500 * k_millisecond);
  CHECK(arrivals[0].key == 0);
  CHECK(arrivals[0].load_us == 500'000);
  CHECK(arrivals[0].ttl_ms == 60'000);
  CHECK(arrivals[1].key == 1);
  CHECK(arrivals[1].ttl_ms == 0);
  CHECK(arrivals[2].kind == Arrival::Kind::invalidate);
  CHECK(arrivals[2].at == 3 * k_second);
  CHECK(arrivals[3].kind == Arrival::Kind::get);
  CHECK(it.scenario.keys == 2);
  CHECK(it.scenario.duration == 5 * k_second);
  CHECK(it.prepared.facts.reads == 3);
  CHECK(it.prepared.facts.keys_with_ttl == 1);
  CHECK(it.prepared.facts.invalidations == 1);
}

TEST_CASE("prepare: keys are at the begin what the trace shows of them") {
  const auto it = made(
      "10.0,get,a,,s1\n"
      "10.3,set,a,60,s1\n"  // missing when it was first read
      "12.0,get,b,,s1\n"    // never written: there all the time
      "13.0,get,c,,s1\n"    // there
      "20.0,get,c,,s1\n"    // gone
      "20.4,set,c,60,s1\n");
  CHECK(it.first_expiry(0) == 0);
  CHECK(it.first_expiry(1) > 365LL * 86'400 * k_second);
  CHECK(it.first_expiry(2) == 10 * k_second);
  CHECK(it.prepared.facts.start == "as the trace shows");
}

TEST_CASE("prepare: a trace without writes has keys of all ages; cold and warm are as typed") {
  std::string reads;
  for (int i = 0; i < 200; ++i) reads += std::to_string(i) + ",get,k" + std::to_string(i) + ",,\n";
  const auto aged = made(reads);
  Nanos sum = 0;
  for (const auto expiry : *aged.scenario.first_expiries) {
    CHECK(expiry >= 0);
    CHECK(expiry < aged.scenario.ttl);
    sum += expiry;
  }
  // The mean of 200 uniform ages is within a tenth of the middle, five standard errors.
  CHECK(static_cast<double>(sum) / 200 / static_cast<double>(aged.scenario.ttl) ==
        doctest::Approx(0.5).epsilon(0.2));
  Preparation how;
  how.start = Start::cold;
  CHECK_FALSE(made(reads, how).scenario.warm);
  how.start = Start::warm;
  CHECK(made(reads, how).scenario.first_expiries == nullptr);
}

TEST_CASE("prepare: TTLs change with the trace, EXPIRE counts, what is typed wins") {
  const std::string lines =
      "1,get,a,,s1\n2,set,a,,s1\n2,expire,a,30,s1\n3,get,a,,s1\n4,set,a,90,s1\n5,get,a,,s1\n";
  const auto it = made(lines);
  CHECK(it.arrivals()[0].ttl_ms == 30'000);
  CHECK(it.arrivals()[1].ttl_ms == 30'000);
  CHECK(it.arrivals()[2].ttl_ms == 90'000);
  Preparation how;
  how.ttl_given = true;
  how.load_time_given = true;
  const auto typed = made(lines, how);
  for (const auto& arrival : typed.arrivals()) {
    CHECK(arrival.ttl_ms == 0);
    CHECK(arrival.load_us == 0);
  }
}

TEST_CASE("prepare: a flush invalidates what may be there, once") {
  const auto it =
      made("1,get,a,,\n1,get,b,,\n2,flush,,,\n3,flush,,,\n4,get,a,,\n5,flush,,,\n6,get,a,,\n");
  CHECK(it.prepared.facts.invalidations == 3);
  CHECK(it.prepared.facts.reads == 4);
}

TEST_CASE("prepare: --duration cuts, and a trace without reads is refused") {
  Preparation how;
  how.duration = 2 * k_second;
  CHECK(made("1,get,a,,\n2,get,a,,\n3,get,a,,\n9,get,a,,\n", how).arrivals().size() == 3);
  auto trace = trace::parse_trace("time_s,op,key\n1,set,a\n", {});
  REQUIRE(trace);
  Scenario scenario;
  const auto refused = prepare(std::move(*trace), {}, scenario);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::usage);
}

}  // namespace rcache::stampede
