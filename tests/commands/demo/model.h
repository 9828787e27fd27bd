#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "commands/demo/dataset.h"

namespace rcache::demo {

inline constexpr std::int64_t k_now_ms = 1'790'000'000'000;  // 2026-09-21T14:13:20Z

/// What a server holds after a data set, as far as tests want to know, without a server.
struct Model {
  struct Key {
    std::string type;
    std::optional<std::int64_t> expires_ms = {};
    std::set<std::string> members = {};  ///< of a set, fields of a hash, ids of a stream
    std::string value = {};              ///< of a string
  };
  std::map<std::string, Key> keys;
  std::size_t hits = 0;  ///< of GET and HMGET
  std::size_t misses = 0;

  /// The time to live at the start of the fill.
  std::optional<std::int64_t> ttl_ms(const std::string& key) const {
    const auto& expires = keys.at(key).expires_ms;
    return expires ? std::optional(*expires - k_now_ms) : std::nullopt;
  }

  std::size_t count(std::string_view prefix) const {
    std::size_t found = 0;
    for (const auto& [key, value] : keys) found += key.starts_with(prefix);
    return found;
  }

  void apply(const Words& words) {
    const std::string& name = words.front();
    const std::string& key = words.size() > 1 ? words[1] : name;
    if (name == "SET" || name == "SETNX") {
      REQUIRE_MESSAGE(!keys.contains(key), "written twice: " << key);
      Key& made = keys[key] = {.type = "string"};
      made.value = words[2];
      for (std::size_t i = 3; i + 1 < words.size(); ++i) {
        if (words[i] == "PX") made.expires_ms = k_now_ms + std::stoll(words[i + 1]);
        if (words[i] == "PXAT") made.expires_ms = std::stoll(words[i + 1]);
      }
    } else if (name == "SADD") {
      fill(key, "set", words, 2, 1);
    } else if (name == "HSET") {
      fill(key, "hash", words, 2, 2);
    } else if (name == "ZADD") {
      fill(key, "zset", words, 3, 2);
    } else if (name == "XADD") {
      fill(key, "stream", words, 2, words.size());
    } else if (name == "PEXPIRE") {
      REQUIRE_MESSAGE(keys.contains(key), "expires before it is written: " << key);
      keys[key].expires_ms = k_now_ms + std::stoll(words[2]);
    } else if (name == "INCRBY") {
      keys.at(key).value = std::to_string(std::stoll(keys.at(key).value) + std::stoll(words[2]));
    } else if (name == "GET" || name == "HMGET") {
      ++(keys.contains(key) ? hits : misses);
    } else {
      static const std::set<std::string> k_others = {
          "XGROUP", "XREADGROUP", "XACK", "KEYS", "SMEMBERS", "HGETALL", "ZRANGEBYSCORE", "ZCARD"};
      REQUIRE_MESSAGE(k_others.contains(name), "unknown to the model: " << name);
    }
  }

 private:
  void fill(const std::string& key, const std::string& type, const Words& words, std::size_t first,
            std::size_t step) {
    Key& filled = keys[key];
    if (filled.type.empty()) filled.type = type;
    REQUIRE(filled.type == type);
    for (std::size_t i = first; i < words.size(); i += step) filled.members.insert(words[i]);
  }
};

/// Runs a whole data set. What has expired when the fill is done is not in it.
inline Model model_of(const Plan& plan) {
  Model model;
  Dataset dataset(plan);
  for (Chunk chunk = dataset.next(); !chunk.commands.empty(); chunk = dataset.next()) {
    if (chunk.not_before_ms > 0) {
      std::erase_if(model.keys, [&](const auto& entry) {
        return entry.second.expires_ms && *entry.second.expires_ms <= chunk.not_before_ms;
      });
    }
    for (const Words& words : chunk.commands) model.apply(words);
  }
  CHECK(dataset.done() == dataset.size());
  return model;
}

}  // namespace rcache::demo
