#include "trace/format.h"

#include <doctest/doctest.h>

#include "trace/samples.h"

namespace rcache::trace::test {

using namespace std::string_view_literals;

TEST_CASE("detect_format: by the first lines, past one that is damaged") {
  const std::pair<std::string_view, TraceFormat> cases[] = {
      {"OK\n", TraceFormat::monitor},
      {"+OK\r\n+1.0 [0 a:1] \"GET\" \"a\"\r\n", TraceFormat::monitor},
      {"1795229574.519795 [0 127.0.0.1:1] \"GET\" \"a\"\n", TraceFormat::monitor},
      {"ut off\"\n1795229574.519795 [0 127.0.0.1:1] \"GET\" \"a\"\n", TraceFormat::monitor},
      {"{\"time_s\":1,\"key\":\"a\"}\n", TraceFormat::ndjson},
      {"time_s,op,key\n", TraceFormat::csv},
      {"key,time_s\n1,2\n", TraceFormat::csv},
      {"0,a,1,1,5,get,0\n", TraceFormat::twitter},
      {"rct1", TraceFormat::record},
  };
  for (const auto& [begin, format] : cases) {
    CAPTURE(begin);
    const auto found = detect_format(begin);
    REQUIRE(found);
    CHECK(*found == format);
  }
}

TEST_CASE("detect_format: what it is instead, and what to do") {
  struct Case {
    std::string_view begin;
    const char* message;
    const char* hint;
  };
  const Case cases[] = {
      {"", "it is empty", ""},
      {"\x28\xb5\x2f\xfd....", "it is compressed with zstd",
       "pipe it in: zstd -dc TRACE | rcache ... -"},
      {"\x1f\x8b....", "it is compressed with gzip", "pipe it in: gzip -dc TRACE | rcache ... -"},
      {"\xf0\xde\xbc\x9a\x78\x56\x34\x12....", "it is a trace in libCacheSim's lcs format",
       "convert it to oracleGeneral with libCacheSim's traceConv"},
      {"hello\nworld\n", "its format cannot be told from its begin",
       "name it with --format monitor|record|csv|ndjson|twitter|oracle-general"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.message);
    const auto found = detect_format(c.begin);
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == ErrorKind::usage);
    CHECK(found.error().message == c.message);
    CHECK(found.error().hint == c.hint);
  }
}

TEST_CASE("parse_trace_format: each name is its own") {
  for (const char* name : {"monitor", "record", "csv", "ndjson", "twitter", "oracle-general"}) {
    const auto format = parse_trace_format(name);
    REQUIRE(format);
    CHECK(to_string(*format) == name);
  }
  CHECK(parse_trace_format("CSV").error().message ==
        "'CSV' is not one of monitor, record, csv, ndjson, twitter, oracle-general");
}

TEST_CASE("read_trace: files that are not there, are folders, or hold nothing of use") {
  CHECK(read_trace("/nowhere/t", {}).error().message ==
        "cannot read the trace '/nowhere/t': No such file or directory");
  CHECK(read_trace("/", {}).error().message == "cannot read the trace '/': Is a directory");
  CHECK(read_trace("/dev/null", {}).error().message ==
        "cannot use the trace '/dev/null': it is empty");
  CHECK(parse_trace("OK\n1.0 [0 a:1] \"PING\"\n", {}).error().message ==
        "cannot use the trace 'trace': there is no event in it");
  ReadOptions few;
  few.max_events = 1;
  CHECK(parse_trace("1.0 [0 a:1] \"MGET\" \"a\" \"b\"\n", few).error().message ==
        "cannot use the trace 'trace': it has more than 1 events");
}

TEST_CASE("read_trace: a large file of something else is given up, naming its first line") {
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) bytes += "no line of any trace\n";
  ReadOptions options;
  options.format = TraceFormat::monitor;
  CHECK(parse_trace(bytes, options).error().message ==
        "cannot use the trace 'trace': line 1: no time (seconds.microseconds) at its begin");
}

}  // namespace rcache::trace::test
