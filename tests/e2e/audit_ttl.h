#pragma once

#include <string>
#include <vector>

#include "e2e/invalidate.h"
#include "support/skip.h"

namespace rcache::test {

/// The report on stdout; its sums are checked.
inline Json audit_in(const ProgramResult& result) {
  CAPTURE(result.describe());
  auto json = Json::parse(result.out, nullptr, false);
  REQUIRE_FALSE(json.is_discarded());
  CHECK(json["schema"] == "rcache.audit-ttl/1");
  const auto count = [](const Json& in, const char* field) {
    return in[field].get<std::uint64_t>();
  };
  if (json["method"] != "info") {
    CHECK(count(json, "with_ttl") + count(json, "without_ttl") + count(json, "gone") ==
          count(json, "scanned"));
    std::uint64_t keys = 0;
    std::uint64_t without = 0;
    for (const auto& group : json["groups"]) {
      keys += count(group, "keys");
      without += count(group, "without_ttl");
    }
    CHECK(keys == count(json, "with_ttl") + count(json, "without_ttl"));
    CHECK(without == count(json, "without_ttl"));
  }
  CHECK(result.left_behind.empty());
  return json;
}

/// rcache audit-ttl with these words, at a server.
inline ProgramResult audit(const Server& server, std::vector<std::string> words) {
  words.insert(words.begin(), "audit-ttl");
  return run_at(server, std::move(words));
}

/// `-o json`, and what came of it.
inline Run audited(const Server& server, std::vector<std::string> words) {
  words.insert(words.end(), {"-o", "json"});
  const auto result = audit(server, std::move(words));
  return {result.exit_code, audit_in(result)};
}

/// The group of a pattern, or null.
inline Json group_in(const Json& json, const std::string& pattern) {
  for (const auto& group : json["groups"])
    if (group["pattern"] == pattern) return group;
  return nullptr;
}

/// Sets PREFIX0, PREFIX1, ... with so many seconds to live.
inline void fill_expiring(Server& server, const std::string& prefix, int keys, int seconds) {
  std::vector<Words> commands;
  for (int i = 0; i < keys; ++i)
    commands.push_back({"SET", prefix + std::to_string(i), "v", "EX", std::to_string(seconds + i)});
  server.pipeline(commands);
}

/// All keyspace hits and misses so far.
inline std::uint64_t lookups(Server& server) {
  return std::stoull(server.info("keyspace_hits")) + std::stoull(server.info("keyspace_misses"));
}

/// Calls of a command so far.
inline std::uint64_t calls(Server& server, const std::string& command) {
  const auto line = server.info("cmdstat_" + command);
  if (!line.starts_with("calls=")) return 0;
  return std::stoull(line.substr(6));
}

}  // namespace rcache::test
