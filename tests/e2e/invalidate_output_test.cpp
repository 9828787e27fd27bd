// `rcache invalidate`: lists of keys, the JSON contract, names that are not what they seem, and a
// stdout that fails.
#include <string>
#include <vector>

#include "e2e/invalidate.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

using namespace std::string_literals;

/// Names that break what is put together from text.
const std::vector<std::string>& hostile_names() {
  static const std::vector<std::string> names = {
      "with\0nul"s,
      "with\nnewline important"s,
      "with\rreturn",
      "with\ttab",
      "escape\x1b[2J\x1b]0;title\x07",
      "\x9b"
      "31mC1",
      "quotes'\"`$(reboot)",
      "back\\slash\\n",
      "invalid\xff\xfe\xc0\xaf",
      "half\xe2\x82",
      "bidi\xe2\x80\xae"
      "desrever",
      "glob*?[a-z]",
      "glob\\*",
      " blank ",
      "{hash}tag",
      "--all",
      "*2\r\n$6\r\nUNLINK\r\n",
      "%s%n",
      "\xf0\x9f\x98\x80",
      "",
      std::string(512 * 1024, 'L'),
      std::string(512 * 1024, '\n'),
  };
  return names;
}

KeySet split_at_nul(const std::string& text) {
  KeySet keys;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = text.find('\0', at);
    REQUIRE(end != std::string::npos);
    keys.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return keys;
}

}  // namespace

TEST_CASE("invalidate output: hostile names go exactly when they match") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  KeySet others;
  for (const auto& name : hostile_names()) {
    server.command({"SET", "go:" + name, "1"});
    server.command({"SET", "stay:" + name, "1"});
    others.insert("stay:" + name);
  }
  // What a shell or a line reader would make of some of them.
  for (const char* name : {" important", "important", "go", "glob", "UNLINK", "title"}) {
    server.command({"SET", name, "1"});
    others.insert(name);
  }
  const auto run = invalidated(server, {"go:*"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["removed"] == hostile_names().size());
  CHECK(keys_at(server) == others);
}

TEST_CASE("invalidate output: a name taken literally removes that key alone") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const std::string name : {"a\nb", "a\x1b[2J", "a'\"b", "a\\b", "a*b", "a[b]", "a?b"}) {
    CAPTURE(name);
    server.command({"SET", name, "1"});
    server.command({"SET", "aXb", "1"});
    std::string pattern;
    for (const char c : name) {
      if (std::string_view("\\*?[]").find(c) != std::string_view::npos) pattern += '\\';
      pattern += c;
    }
    CHECK(invalidated(server, {pattern}).json["removed"] == 1);
    CHECK(keys_at(server) == KeySet{"aXb"});
  }
}

TEST_CASE("invalidate output: --print-keys gives a line for each key, and none can forge another") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const auto& name : hostile_names())
    if (name.size() < 100) server.command({"SET", "go:" + name, "1"});
  const auto keys = static_cast<std::size_t>(server.command({"DBSIZE"}).integer);
  const auto result = invalidate(server, {"go:*", "--print-keys", "--yes"});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  const auto lines = lines_of(result.out);
  CHECK(lines.size() == keys);
  for (const auto& line : lines) {
    CHECK(line.starts_with("go:"));
    for (const char c : line) CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
  }
  CHECK(contains(result.out, "go:with\\x0anewline important\n"));
  CHECK(contains(result.out, "go:invalid\\xff\\xfe\\xc0\\xaf\n"));
  CHECK(contains(result.err, "removed " + std::to_string(keys) + " keys"));
}

TEST_CASE("invalidate output: -0 gives the exact bytes") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  KeySet expected;
  for (const auto& name : hostile_names()) {
    if (contains(name, "\0"s)) continue;  // no list ended by NUL can say that one
    server.command({"SET", "go:" + name, "1"});
    expected.insert("go:" + name);
  }
  const auto look = invalidate(server, {"go:*", "-0", "--dry-run"});
  CHECK(split_at_nul(look.out) == expected);
  const auto result = invalidate(server, {"go:*", "--print0", "--yes"});
  CHECK(result.exit_code == 0);
  CHECK(split_at_nul(result.out) == expected);
  CHECK(keys_at(server).empty());
}

TEST_CASE("invalidate output: in JSON the keys are a list of the one document") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const auto& name : hostile_names()) server.command({"SET", "go:" + name, "1"});
  fill(server, "go:many", 5000);
  const auto run = invalidated(server, {"go:*", "--print-keys"});
  CHECK(run.exit_code == 0);
  REQUIRE(run.json["keys"].is_array());
  CHECK(run.json["keys"].size() == 5000 + hostile_names().size());
  CHECK(run.json["removed"] == run.json["keys"].size());
  KeySet listed;
  for (const auto& key : run.json["keys"]) listed.insert(key_in(key));
  auto expected = names("go:many", 5000);
  for (const auto& name : hostile_names()) expected.insert("go:" + name);
  CHECK(listed == expected);
  const auto none = invalidated(server, {"go:*", "--print-keys"});
  CHECK(none.json["keys"] == Json::array());
}

TEST_CASE("invalidate output: the fields of the contract, their types and their order") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "contacts:org1:", 3);
  server.command({"SET", "contacts:org1:x:y", "1"});
  const auto result =
      invalidate(server, {"contacts:org1:*", "--protect", "*:2", "--yes", "-o", "json"});
  const auto json = nlohmann::ordered_json::parse(result.out);
  std::vector<std::string> fields;
  for (const auto& [name, value] : json.items()) fields.push_back(name);
  const std::vector<std::string> contract = {
      "schema",         "patterns", "tags",   "dry_run",         "complete",  "scanned",
      "matched",        "removed",  "gone",   "failed",          "protected", "tags_removed",
      "spread_seconds", "backup",   "reason", "elapsed_seconds", "groups",    "nodes"};
  REQUIRE(fields.size() >= contract.size());
  fields.resize(contract.size());
  CHECK(fields == contract);
  CHECK(json["patterns"] == nlohmann::ordered_json{"contacts:org1:*"});
  CHECK(json["tags"].is_array());
  CHECK(json["dry_run"] == false);
  CHECK(json["complete"] == true);
  for (const char* count : {"scanned", "matched", "removed", "gone", "failed", "protected",
                            "tags_removed", "expiring", "orphans", "uncertain", "passes"}) {
    CAPTURE(count);
    CHECK(json[count].is_number_unsigned());
  }
  CHECK(json["spread_seconds"].is_null());
  CHECK(json["backup"].is_null());
  CHECK(json["reason"] == "done");
  CHECK(json["elapsed_seconds"].is_number());
  CHECK(json["elapsed_seconds"].get<double>() >= 0);
  CHECK(json["how"] == "unlink");
  for (const char* unknown : {"backup_records", "backup_bytes", "verified_left",
                              "replicas_acknowledged", "throttled_by"}) {
    CAPTURE(unknown);
    CHECK(json[unknown].is_null());
  }
  CHECK(json["reasons"].empty());
  CHECK(json["failures"].empty());
  CHECK(json["published"].empty());
  REQUIRE(json["nodes"].size() == 1);
  CHECK(json["nodes"][0].dump() == nlohmann::ordered_json{{"address", server.address()},
                                                          {"scanned", 4},
                                                          {"matched", 4},
                                                          {"removed", 3},
                                                          {"error", nullptr}}
                                       .dump());
  std::uint64_t grouped = 0;
  for (const auto& group : json["groups"]) {
    CHECK(group["pattern"].is_string());
    grouped += group["keys"].get<std::uint64_t>();
  }
  CHECK(grouped == 3);
}

TEST_CASE("invalidate output: a pipe that closes ends the list, not the work") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 20'000);
  auto options = invalidate_with(server.url(), {"a:*", "--print-keys", "--yes"});
  options.reader_leaves_after = 100;
  const auto result = run(options);
  CAPTURE(result.describe());
  CHECK(result.signal == 0);
  CHECK(result.exit_code == 0);
  CHECK(keys_at(server).empty());
}

TEST_CASE(
    "invalidate output: a stdout that is full is no success, and one that is closed no trouble") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const char* list : {"--verify", "--print-keys"}) {
    for (const auto out : {Stream::full, Stream::closed}) {
      fill(server, "a:", 2000);
      auto options = invalidate_with(server.url(), {"a:*", "--yes", list});
      options.out = out;
      const auto result = run(options);
      CAPTURE(result.describe());
      CHECK(result.exit_code == (out == Stream::full ? 4 : 0));
      CHECK(contains(result.err, "rcache: ") == (out == Stream::full));
      CHECK(keys_at(server).empty());
    }
  }
}

}  // namespace rcache::test
