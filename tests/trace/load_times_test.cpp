#include "trace/load_times.h"

#include <doctest/doctest.h>

#include "trace/polls.h"
#include "trace/samples.h"

namespace rcache::trace::test {
namespace {

/// Lines of a CSV with a source column.
Trace of(const std::string& lines) {
  return read("time_s,op,key,ttl_s,source\n" + lines);
}

}  // namespace

TEST_CASE("infer_load_times: a read that finds nothing and the write behind it") {
  auto trace =
      of("1.0,get,a,,s1\n"
         "1.1,get,a,,s2\n"
         "1.2,set,a,10,s1\n"     // 200 ms, the first load
         "1.4,set,a,10,s2\n"     // 300 ms, by a loader that asked before it was there
         "5.0,get,a,,s1\n"       // finds it
         "6.0,set,a,10,s1\n"     // written ahead
         "20.0,get,a,,s3\n"      // gone since 16
         "20.5,set,a,10,s4\n"    // 500 ms, by another connection of the same program
         "30.0,set,b,10,s1\n");  // never read
  const auto loads = infer_load_times(trace, 1);
  CHECK(loads.inferred == 3);
  CHECK(loads.same_source == 2);
  CHECK(loads.written_ahead == 2);
  CHECK(loads.given == 0);
  CHECK(loads.p50_seconds == doctest::Approx(0.3));
  CHECK(loads.max_seconds == doctest::Approx(0.5));
  CHECK(in_words(trace) ==
        Lines{"1000 get a load=200000", "1100 get a load=200000 from=1",
              "1200 set a ttl=10000 load=200000", "1400 set a ttl=10000 load=300000 from=1",
              "5000 get a load=300000", "6000 set a ttl=10000", "20000 get a load=300000 from=2",
              "20500 set a ttl=10000 load=500000 from=3", "30000 set b ttl=10000"});
}

TEST_CASE("infer_load_times: what the trace gives counts, and a key without one borrows") {
  auto trace = read("time_s,op,key,load_s\n1,get,a,0.04\n2,get,a\n3,get,b\n4,get,b,0.04\n");
  const auto loads = infer_load_times(trace, 1);
  CHECK(loads.given == 2);
  CHECK(loads.inferred == 0);
  for (const auto& event : trace.events) CHECK(event.load_us == 40'000);
}

TEST_CASE("infer_load_times: of a key that may have been there, the read before its first write") {
  auto trace = of("1,get,a,,s1\n2,get,a,,s1\n3,get,a,,s1\n3.5,set,a,10,s1\n");
  CHECK(infer_load_times(trace, 1).max_seconds == doctest::Approx(0.5));
  // Once it is gone for sure, whoever reads again only waits.
  auto gone = of("1,set,a,1,s1\n3,get,a,,s1\n3.1,get,a,,s1\n3.5,set,a,10,s1\n");
  CHECK(infer_load_times(gone, 1).max_seconds == doctest::Approx(0.5));
}

TEST_CASE("infer_load_times: nothing to go by") {
  auto trace = of("1,get,a,,s1\n2,get,a,,s1\n100,set,a,1,s1\n");
  const auto loads = infer_load_times(trace, 1);
  CHECK_FALSE(loads.known());
  CHECK(loads.written_ahead == 1);
  CHECK(trace.events[0].load_us == k_unknown);
}

TEST_CASE("infer_load_times: after a deletion or a flush a key is gone") {
  for (const auto* removal : {"2,del,a,,s9\n", "2,flush,,,s9\n"}) {
    CAPTURE(removal);
    auto trace = of(std::string("1,set,a,100,s1\n") + removal + "3,get,a,,s2\n3.25,set,a,100,s1\n");
    const auto loads = infer_load_times(trace, 1);
    CHECK(loads.inferred == 1);
    CHECK(loads.max_seconds == doctest::Approx(0.25));
  }
}

TEST_CASE("collapse_polls: reads behind tries for a lock, until the value is there") {
  auto trace =
      of("1.00,get,a,,s1\n"
         "1.01,add,lock:a,5,s1\n"  // the winner
         "1.02,get,a,,s1\n"        // looks again
         "1.02,get,a,,s2\n"
         "1.03,add,lock:a,5,s2\n"  // a loser
         "1.13,get,a,,s2\n"
         "1.14,add,lock:a,5,s2\n"
         "1.20,set,a,60,s1\n"
         "1.24,get,a,,s2\n"  // finds it
         "1.30,get,a,,s2\n"  // somebody new
         "1.31,get,b,,s2\n");
  CHECK(collapse_polls(trace) == 3);
  CHECK(in_words(trace) == Lines{"1000 get a", "1010 add lock:a ttl=5000", "1020 get a from=1",
                                 "1030 add lock:a ttl=5000 from=1",
                                 "1140 add lock:a ttl=5000 from=1", "1200 set a ttl=60000",
                                 "1300 get a from=1", "1310 get b from=1"});
}

TEST_CASE("collapse_polls: an even pace that ends with the value, and one that does not") {
  auto waits =
      of("1.00,get,a,,s1\n1.10,get,a,,s1\n1.20,get,a,,s1\n"
         "1.25,set,a,60,s2\n1.30,get,a,,s1\n1.40,get,a,,s1\n");
  CHECK(collapse_polls(waits) == 3);
  CHECK(in_words(waits) == Lines{"1000 get a", "1250 set a ttl=60000 from=1", "1400 get a"});
  // A clock's tick, and readers of a busy connection, are no waiters.
  for (const auto* lines :
       {"1.0,get,a,,s1\n1.1,get,a,,s1\n1.2,get,a,,s1\n1.3,get,b,,s1\n",
        "1.0,set,a,60,s2\n1.1,get,a,,s1\n1.2,get,a,,s1\n1.3,get,a,,s1\n",
        "1.000,get,a,,s1\n1.001,get,a,,s1\n1.003,get,a,,s1\n1.1,set,a,9,s2\n"}) {
    CAPTURE(lines);
    auto others = of(lines);
    CHECK(collapse_polls(others) == 0);
  }
}

TEST_CASE("collapse_polls: a trace without sources keeps all") {
  auto trace = read("time_s,op,key\n1.0,get,a\n1.1,get,a\n1.2,get,a\n1.25,set,a\n1.3,get,a\n");
  CHECK(collapse_polls(trace) == 0);
}

}  // namespace rcache::trace::test
