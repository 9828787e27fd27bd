#include "trace/csv.h"

#include <doctest/doctest.h>

#include "trace/samples.h"

namespace rcache::trace::test {

TEST_CASE("csv: all columns, in any order, quoted") {
  const auto trace = read(
      "key,time_s,op,ttl_s,load_s,size,source,more\n"
      "a,0.5,get,,0.02,,web-1,x\n"
      "\"b,\"\"c\",1,set,60,,12,web-2,\n"
      "a,1.25,set,,,,web-1,\n"
      "a,2,del\n"
      "a,3,expire,0.5\n"
      ",4,flush\n");
  CHECK(in_words(trace) == Lines{"500 get a load=20000", "1000 set b,\"c ttl=60000 size=12 from=1",
                                 "1250 set a ttl=never", "2000 del a", "3000 expire a ttl=500",
                                 "4000 flush db=all"});
  CHECK(trace.tally.malformed == 0);
  CHECK(trace.format == TraceFormat::csv);
}

TEST_CASE("csv: a heading is not needed when the format is named") {
  ReadOptions options = named();
  options.format = TraceFormat::csv;
  CHECK(in_words(read("1,get,a\n2,set,a,60,0.5\n", options)) ==
        Lines{"1000 get a", "2000 set a ttl=60000 load=500000"});
}

TEST_CASE("csv and ndjson: each malformed line is counted, the first one named") {
  const std::pair<const char*, const char*> csv[] = {
      {"x,get,a,,", "time_s is not a number of seconds"},
      {"-1,get,a,,", "time_s is not a number of seconds"},
      {"99999999999999999999,get,a,,", "time_s is not a number of seconds"},
      {"1,got,a,,", "op is not one of get, look, set, add, update, del, expire, persist, flush"},
      {"1,set,a,soon,", "ttl_s is not a number of seconds"},
      {"1,get,a,,1e3", "load_s is not a number of seconds"},
      {"1,get,,,", "no key"},
      {"1,get,\"a,,", "quotes that do not close, or too many fields"},
  };
  for (const auto& [line, why] : csv) {
    CAPTURE(line);
    const auto trace =
        read("time_s,op,key,ttl_s,load_s\n1,get,a,,\n" + std::string(line) + "\n2,get,b,,\n");
    CHECK(trace.events.size() == 2);
    REQUIRE(trace.tally.first_malformed);
    CHECK(trace.tally.first_malformed->number == 3);
    CHECK(trace.tally.first_malformed->why == why);
  }
  const std::pair<const char*, const char*> json[] = {
      {"{", "not a JSON object"},
      {"[1]", "not a JSON object"},
      {R"({"time_s":"1","key":"a"})", "time_s is not a number of seconds"},
      {R"({"key":"a"})", "time_s is not a number of seconds"},
      {R"({"time_s":1e300,"key":"a"})", "time_s is not a number of seconds"},
      {R"({"time_s":-1,"key":"a"})", "time_s is not a number of seconds"},
      {R"({"time_s":1})", "no key"},
      {R"({"time_s":1,"key":5})", "the key is neither a string nor {\"base64\": ...}"},
      {R"({"time_s":1,"key":{"base64":"!!!!"}})", "the key's base64 is damaged"},
      {R"({"time_s":1,"key":"a","op":7})",
       "op is not one of get, look, set, add, update, del, expire, persist, flush"},
      {R"({"time_s":1,"key":"a","load_s":99999})", "load_s is not a number of seconds"},
  };
  for (const auto& [line, why] : json) {
    CAPTURE(line);
    const auto trace = read("{\"time_s\":1,\"key\":\"a\"}\n" + std::string(line) + "\n");
    CHECK(trace.events.size() == 1);
    REQUIRE(trace.tally.first_malformed);
    CHECK(trace.tally.first_malformed->number == 2);
    CHECK(trace.tally.first_malformed->why == why);
  }
}

TEST_CASE("ndjson: names, base64 and nulls") {
  const auto trace = read(
      "{\"time_s\":0.5,\"op\":\"get\",\"key\":\"a\",\"load_s\":0.02,\"ttl_s\":null}\n"
      "{\"key\":{\"base64\":\"/wA=\"},\"time_s\":1,\"op\":\"set\",\"ttl_s\":0.25,\"size\":3}\n"
      "{\"time_s\":2,\"op\":\"flush\",\"more\":{\"x\":[1]}}\n"
      "{\"time_s\":3,\"key\":\"a\",\"source\":\"web\"}\n");
  CHECK(in_words(trace) == Lines{"500 get a load=20000",
                                 std::string("1000 set \xff\0 ttl=250 size=3", 26),
                                 "2000 flush db=all", "3000 get a"});
  CHECK(trace.format == TraceFormat::ndjson);
}

TEST_CASE("strict: the first malformed line is the error, with its number") {
  ReadOptions options;
  options.strict = true;
  const auto trace = parse_trace("time_s,key\n1,a\nx,b\n", options, "t.csv");
  REQUIRE_FALSE(trace);
  CHECK(trace.error().kind == ErrorKind::usage);
  CHECK(trace.error().message ==
        "cannot use the trace 't.csv': line 3: time_s is not a number of seconds");
}

}  // namespace rcache::trace::test
