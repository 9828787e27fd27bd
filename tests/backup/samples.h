#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "backup/reader.h"
#include "backup/record.h"

namespace rcache::backup {

/// Every byte there is, and what a frame is made of.
inline std::string hostile_bytes() {
  std::string out = "rcf rcf1 rcrcf\r\n";
  for (int byte = 0; byte < 256; ++byte) out += static_cast<char>(byte);
  return out + "rcf";
}

inline Header sample_header() {
  Header out;
  out.created_unix_ms = 1'700'000'000'123;
  out.tool = "rcache 0.1.0";
  out.target = "10.0.0.7:6379 10.0.0.8:6379";
  out.server = "redis 7.0.15";
  out.database = 3;
  out.patterns = {"contacts:*", hostile_bytes(), ""};
  out.tags = {"org1"};
  out.key_prefix = "app:";
  return out;
}

inline Value sample_value(std::string key) {
  Value out;
  out.key = std::move(key);
  out.dump = probe_dump(10);
  out.expires_unix_ms = 1'700'000'060'000;
  out.saved_unix_ms = 1'700'000'000'456;
  return out;
}

inline Members sample_members() {
  Members out;
  out.container = "tag:org1";
  out.saved_unix_ms = 1'700'000'000'789;
  out.members = {"a", hostile_bytes(), ""};
  return out;
}

/// A whole file, read to its end.
struct FileContent {
  Header header;
  std::vector<Item> items;
  std::uint64_t torn_bytes = 0;
};

inline Result<FileContent> read_backup(const std::string& path) {
  auto reader = Reader::open(path);
  if (!reader) return fail(reader.error());
  FileContent out;
  out.header = (*reader)->header();
  while (true) {
    auto item = (*reader)->next();
    if (!item) return fail(item.error());
    if (!*item) break;
    out.items.push_back(std::move(**item));
  }
  out.torn_bytes = (*reader)->torn_bytes();
  return out;
}

/// The keys of the values of a file, in their order.
inline std::vector<std::string> keys_in(const FileContent& content) {
  std::vector<std::string> out;
  for (const auto& item : content.items) {
    if (const auto* value = std::get_if<Value>(&item.content)) out.push_back(value->key);
  }
  return out;
}

template <typename T>
Error error_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  return result.error();
}

}  // namespace rcache::backup
