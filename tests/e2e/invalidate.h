#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backup/reader.h"
#include "e2e/support.h"

namespace rcache::test {

using Json = nlohmann::json;
using KeySet = std::set<std::string>;

/// rcache invalidate with these words, at a server.
inline ProgramResult invalidate(const Server& server, std::vector<std::string> words,
                                std::vector<std::string> environment = {}) {
  words.insert(words.begin(), "invalidate");
  return run_at(server, std::move(words), std::move(environment));
}

/// The same, not run yet.
inline ProgramOptions invalidate_with(const std::string& url, std::vector<std::string> words) {
  words.insert(words.begin(), {"invalidate", "-u", url});
  return rcache_with(std::move(words));
}

/// Each key is in one of these, whatever happened.
inline void check_sum(const Json& json) {
  const auto count = [&](const char* field) { return json[field].get<std::uint64_t>(); };
  CHECK(count("removed") + count("expiring") + count("gone") + count("failed") +
            count("protected") ==
        count("matched"));
}

/// The receipt on stdout; its sum is checked.
inline Json receipt_in(const ProgramResult& result) {
  CAPTURE(result.describe());
  auto json = Json::parse(result.out, nullptr, false);
  REQUIRE_FALSE(json.is_discarded());
  REQUIRE(json.is_object());
  CHECK(json["schema"] == "rcache.invalidate/1");
  CHECK(result.left_behind.empty());
  if (!json["dry_run"].get<bool>()) check_sum(json);
  return json;
}

struct Run {
  int exit_code = -1;
  Json json;
};

/// `--yes -o json`, and what came of it.
inline Run invalidated(const Server& server, std::vector<std::string> words) {
  words.insert(words.end(), {"--yes", "-o", "json"});
  const auto result = invalidate(server, std::move(words));
  return {result.exit_code, receipt_in(result)};
}

/// Sets PREFIX0, PREFIX1, ... to their own names.
inline void fill(Server& server, const std::string& prefix, int keys) {
  std::vector<Words> commands;
  for (int i = 0; i < keys; ++i) {
    const auto key = prefix + std::to_string(i);
    commands.push_back({"SET", key, key});
  }
  server.pipeline(commands);
}

/// The names that fill() gives.
inline KeySet names(const std::string& prefix, int keys) {
  KeySet all;
  for (int i = 0; i < keys; ++i) all.insert(prefix + std::to_string(i));
  return all;
}

/// A key as JSON says it: a string, or base64 (RFC 4648, section 4) of what is not UTF-8.
inline std::string key_in(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  static constexpr std::string_view k_letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int have = 0;
  for (const char letter : json["base64"].get<std::string>()) {
    const auto value = k_letters.find(letter);
    if (value == std::string_view::npos) break;  // the padding
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    have += 6;
    if (have < 8) continue;
    have -= 8;
    bytes += static_cast<char>((bits >> static_cast<unsigned>(have)) & 0xFFU);
  }
  return bytes;
}

/// All keys of a server, as a client of our own sees them.
inline KeySet keys_at(Server& server) {
  KeySet keys;
  std::string cursor = "0";
  do {
    const auto reply = server.command({"SCAN", cursor, "COUNT", "10000"});
    cursor = reply[0].text;
    for (const auto& key : reply[1].items) keys.insert(key.text);
  } while (cursor != "0");
  return keys;
}

inline KeySet with_prefix(const KeySet& keys, std::string_view prefix) {
  KeySet some;
  for (const auto& key : keys)
    if (key.starts_with(prefix)) some.insert(key);
  return some;
}

/// All that a server holds, in one word. Needs the argument --enable-debug-command yes.
inline std::string digest(Server& server) {
  return server.command({"DEBUG", "DIGEST"}).text;
}

inline const std::vector<std::string> k_with_debug = {"--enable-debug-command", "yes"};

inline void add_user(Server& server, const std::string& name, const Words& rights) {
  Words words{"ACL", "SETUSER", name, "on", ">" + name};
  words.insert(words.end(), rights.begin(), rights.end());
  server.command(words);
}

inline std::vector<std::string> as_user(const std::string& name, std::vector<std::string> words) {
  words.insert(words.end(), {"--user", name, "-a", name, "--no-auth-warning"});
  return words;
}

/// What stands in a backup file, read front to back; of several records of a key the last one.
struct BackupContent {
  std::map<std::string, backup::Value> values;
  std::map<std::string, std::vector<backup::Value>> all_values;
  std::map<std::string, std::set<std::string>> members;  ///< by set
  std::optional<backup::End> end;
  std::uint64_t records = 0;
  std::uint64_t damaged = 0;
  std::uint64_t torn_bytes = 0;
};

/// Nothing when there is no whole header in the file.
inline std::optional<BackupContent> read_backup(const std::string& path) {
  auto reader = backup::Reader::open(path);
  if (!reader) return std::nullopt;
  BackupContent content;
  while (true) {
    auto item = (*reader)->next();
    REQUIRE(item);
    if (!*item) break;
    auto& what = (*item)->content;
    if (auto* value = std::get_if<backup::Value>(&what)) {
      ++content.records;
      content.all_values[value->key].push_back(*value);
      content.values.insert_or_assign(value->key, std::move(*value));
    } else if (auto* members = std::get_if<backup::Members>(&what)) {
      content.members[members->container].insert(members->members.begin(), members->members.end());
    } else if (auto* end = std::get_if<backup::End>(&what)) {
      content.end = *end;
    } else {
      ++content.damaged;
    }
  }
  content.torn_bytes = (*reader)->torn_bytes();
  return content;
}

/// The string that a DUMP holds, as a server says that reads it.
inline std::string string_in(Server& server, const backup::Value& value) {
  const std::string key = "string_in";
  server.command({"RESTORE", key, "0", value.dump, "REPLACE"});
  auto text = server.command({"GET", key}).text;
  server.command({"DEL", key});
  return text;
}

}  // namespace rcache::test
