#include <doctest/doctest.h>

#include "commands/stats/render.h"
#include "samples.h"

namespace rcache::stats {
namespace {

TEST_CASE("snapshot: the file, whole") {
  CHECK(snapshot_json(snapshot_of({node(info_with({{"evicted_keys:0\r\n", ""}}))})) ==
        "{\n"
        "  \"schema\": \"rcache.stats-snapshot/1\",\n"
        "  \"nodes\": [\n"
        "    {\n"
        "      \"address\": \"127.0.0.1:6379\",\n"
        "      \"run_id\": \"run-a\",\n"
        "      \"at_unix_ms\": 1795230000000,\n"
        "      \"uptime_seconds\": 1000,\n"
        "      \"hits\": 900,\n"
        "      \"misses\": 100,\n"
        "      \"evicted_keys\": null,\n"
        "      \"expired_keys\": 200,\n"
        "      \"commands_processed\": 5000\n"
        "    }\n"
        "  ]\n"
        "}\n");
}

TEST_CASE("snapshot: what was written is what is read") {
  const auto before = snapshot_of({node(), node(k_info, "[::1]:7001", "run-b")});
  const auto after = parse_snapshot(snapshot_json(before));
  REQUIRE(after);
  REQUIRE(after->nodes.size() == 2);
  CHECK(after->nodes[1].address == "[::1]:7001");
  CHECK(after->nodes[1].run_id == "run-b");
  CHECK(after->nodes[1].at_unix_ms == 1'795'230'000'000);
  CHECK(after->nodes[1].hits == 900);
  CHECK(after->nodes[1].commands_processed == 5000);
  CHECK(snapshot_json(*after) == snapshot_json(before));
}

TEST_CASE("snapshot: a damaged or foreign file is a usage error that says why") {
  const std::string head = R"({"schema":"rcache.stats-snapshot/1","nodes":[)";
  struct Case {
    const char* name;
    std::string text;
    const char* message;
  };
  const Case cases[] = {
      {"empty", "", "is not JSON (line 1, column 1)"},
      {"cut off", head, "is not JSON (line 1, column 46)"},
      {"second line", "{\n  x", "is not JSON (line 2, column 3)"},
      {"bytes", "\xff\xfe", "is not JSON (line 1, column 1)"},
      {"deep", std::string(100'000, '['), "is not JSON (line 1, column 100001)"},
      {"a list", "[]", "is not a snapshot of rcache stats: it is not an object"},
      {"no schema", "{}", "is not a snapshot of rcache stats: it names no schema"},
      {"another schema", R"({"schema":"rcache.stats/1"})",
       "is not a snapshot of rcache stats: its schema is 'rcache.stats/1', not "
       "'rcache.stats-snapshot/1'"},
      {"hostile schema", R"({"schema":"\u001b[2J"})",
       "is not a snapshot of rcache stats: its schema is '\\x1b[2J', not "
       "'rcache.stats-snapshot/1'"},
      {"no nodes", head + "]}", "is not a snapshot of rcache stats: it holds no nodes"},
      {"a node of nothing", head + "1]}",
       "is not a snapshot of rcache stats: node 1 is not an object"},
      {"no address", head + "{}]}",
       "is not a snapshot of rcache stats: node 1: 'address' is not a string"},
      {"no time", head + R"({"address":"a","run_id":"r"}]})",
       "is not a snapshot of rcache stats: node 1: 'at_unix_ms' is missing"},
      {"negative", head + R"({"address":"a","run_id":"r","at_unix_ms":1,"hits":-1}]})",
       "is not a snapshot of rcache stats: node 1: 'hits' is not a count"},
      {"fraction", head + R"({"address":"a","run_id":"r","at_unix_ms":1.5}]})",
       "is not a snapshot of rcache stats: node 1: 'at_unix_ms' is not a count"},
      {"too large", head + R"({"address":"a","run_id":"r","at_unix_ms":9223372036854775808}]})",
       "is not a snapshot of rcache stats: node 1: 'at_unix_ms' is not a count"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto snapshot = parse_snapshot(c.text);
    REQUIRE_FALSE(snapshot);
    CHECK(snapshot.error().kind == ErrorKind::usage);
    CHECK(snapshot.error().message == c.message);
  }
}

TEST_CASE("snapshot: cut anywhere it is refused, never half read") {
  const auto whole = snapshot_json(snapshot_of({node()}));
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    if (parse_snapshot(std::string_view(whole).substr(0, size)))
      FAIL("accepted " << size << " bytes");
  }
}

}  // namespace
}  // namespace rcache::stats
