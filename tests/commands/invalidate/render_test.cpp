#include "commands/invalidate/render.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/utf8.h"
#include "samples.h"

namespace rcache::invalidate {
namespace {

using Json = nlohmann::ordered_json;

TEST_CASE("invalidate json: the whole document of an eventful run") {
  auto run = eventful();
  run.groups.pop_back();
  run.nodes.erase(run.nodes.begin());
  run.failures.pop_back();
  run.reasons = {"slots 0-99: no node serves them"};
  CHECK(receipt_json(run) == R"({
  "schema": "rcache.invalidate/1",
  "patterns": [
    "contacts:org1:*"
  ],
  "tags": [
    "org:1"
  ],
  "dry_run": false,
  "complete": true,
  "scanned": 1000000,
  "matched": 12345,
  "removed": 12000,
  "gone": 23,
  "failed": 310,
  "protected": 12,
  "tags_removed": 1,
  "spread_seconds": null,
  "backup": "/var/backups/contacts of org1.rcb",
  "reason": "failed-keys",
  "elapsed_seconds": 1.234,
  "groups": [
    {
      "pattern": "contacts:org1:*:*:*",
      "keys": 9000
    }
  ],
  "nodes": [
    {
      "address": "10.0.0.2:7000",
      "scanned": 600000,
      "matched": 6345,
      "removed": 6000,
      "error": "MISCONF Redis is configured to save RDB"
    }
  ],
  "expiring": 0,
  "orphans": 4,
  "uncertain": 3,
  "how": "del",
  "backup_records": 12310,
  "backup_bytes": 3565158,
  "verified_left": 0,
  "replicas_acknowledged": 2,
  "passes": 1,
  "reasons": [
    "slots 0-99: no node serves them"
  ],
  "failures": [
    {
      "key": "contacts:org1:7",
      "why": "NOPERM this user has no permissions to access one of the keys used as arguments"
    }
  ],
  "published": [
    "contacts:org1:*",
    "org:1"
  ],
  "throttled_by": "--rate"
}
)");
}

TEST_CASE("invalidate json: the fields, their order, and null for what was not asked for") {
  const auto document = Json::parse(receipt_json({}));
  std::vector<std::string> names;
  std::vector<std::string> nulls;
  for (const auto& [name, value] : document.items()) {
    names.push_back(name);
    if (value.is_null()) nulls.push_back(name);
  }
  CHECK(names == std::vector<std::string>{"schema",         "patterns",
                                          "tags",           "dry_run",
                                          "complete",       "scanned",
                                          "matched",        "removed",
                                          "gone",           "failed",
                                          "protected",      "tags_removed",
                                          "spread_seconds", "backup",
                                          "reason",         "elapsed_seconds",
                                          "groups",         "nodes",
                                          "expiring",       "orphans",
                                          "uncertain",      "how",
                                          "backup_records", "backup_bytes",
                                          "verified_left",  "replicas_acknowledged",
                                          "passes",         "reasons",
                                          "failures",       "published",
                                          "throttled_by"});
  CHECK(nulls == std::vector<std::string>{"spread_seconds", "backup", "backup_records",
                                          "backup_bytes", "verified_left", "replicas_acknowledged",
                                          "throttled_by"});
}

TEST_CASE("invalidate json: an expiry has its window, and every reason and way its word") {
  Receipt run;
  run.how = How::expire;
  run.expiring = 7;
  run.spread_seconds = 60;
  auto document = Json::parse(receipt_json(run));
  CHECK(document["how"] == "expire");
  CHECK(document["expiring"] == 7);
  CHECK(document["spread_seconds"] == 60);
  run.how = How::unlink;
  CHECK(Json::parse(receipt_json(run))["how"] == "unlink");

  std::vector<std::string> words;
  for (int reason = 0; reason <= static_cast<int>(Reason::server); ++reason) {
    words.push_back(to_string(static_cast<Reason>(reason)));
  }
  CHECK(words == std::vector<std::string>{"done", "dry-run", "declined", "max-keys", "max-time",
                                          "stop-file", "interrupted", "incomplete", "failed-keys",
                                          "not-verified", "replicas", "publish", "backup",
                                          "server"});
}

TEST_CASE("invalidate json: of very many groups the first hundred") {
  Receipt run;
  for (std::uint64_t group = 0; group < 150; ++group) {
    run.groups.push_back({"g" + std::to_string(group), 1000 - group});
  }
  const auto groups = Json::parse(receipt_json(run))["groups"];
  REQUIRE(groups.size() == 100);
  CHECK(groups[99] == Json{{"pattern", "g99"}, {"keys", 901}});
}

TEST_CASE("invalidate json: names that are no text are base64, and nothing can forge a field") {
  const auto text = receipt_json(hostile_receipt(Reason::server, How::unlink));
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("\u202e") == std::string::npos);
  CHECK(is_valid_utf8(text));
  const auto document = Json::parse(text);
  for (const auto& name : {document["patterns"][0], document["tags"][0], document["backup"],
                           document["groups"][0]["pattern"], document["failures"][0]["key"],
                           document["published"][0]}) {
    CHECK(name.size() == 1);
    CHECK(name.contains("base64"));
  }
  CHECK(document["published"][1] == Json{{"base64", "/w=="}});
  for (const auto& words : {document["reasons"][0], document["failures"][0]["why"],
                            document["nodes"][0]["address"], document["nodes"][0]["error"]}) {
    CHECK(words.get<std::string>().substr(0, 14) == "evil\\x0aFAKE: ");
  }
  CHECK(document["matched"] == UINT64_MAX / 2);
}

}  // namespace
}  // namespace rcache::invalidate
