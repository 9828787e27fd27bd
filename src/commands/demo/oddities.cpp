#include "commands/demo/oddities.h"

#include <fmt/format.h>

#include <algorithm>

namespace rcache::demo {
namespace {

constexpr std::string_view k_five_minutes_ms = "300000";

void write_search_misuse(Chunk& chunk) {
  for (const std::string& key : hostile_keys())
    chunk.add({"SET", key, "[]", "PX", k_five_minutes_ms});
  for (int page = 1; page <= 20; ++page) {
    chunk.add({"SET", fmt::format("search:?q=smith&org=1&sort=name&page={}", page), "[]", "PX",
               k_five_minutes_ms});
  }
  std::string filter;
  for (int id = 1000; id < 1120; ++id) filter += fmt::format("&id={}", id);
  chunk.add({"SET", "search:?q=all" + filter, "[]", "PX", k_five_minutes_ms});
}

}  // namespace

std::vector<std::string> hostile_keys() {
  using namespace std::string_literals;
  return {"search:two\nlines\r\nOK"s,
          "search:\"quoted\" 'twice' `thrice` $(reboot)"s,
          "search:\x1b[31mred\x1b[2J\x1b]0;title\x07"s,
          "search:\xff\xfe\x80 not UTF-8"s,
          "search:nul\0byte"s,
          "search:\xe2\x80\xae"s + "drawkcab"s,
          "search:<script>alert(1)</script>"s,
          "search:*[a-z]?\\"s};
}

void write_oddities(const Plan& plan, std::size_t, Chunk& chunk) {
  write_search_misuse(chunk);
  chunk.add({"SET", "metrics:cache_hits", "0"});
  chunk.add({"SET", "metrics:cache_misses", "0"});
  chunk.add({"SET", "tmp", "1"});
  chunk.add({"SET", "test2", "hello"});
  // The holder crashed before it could set an expiry: the most wanted page stays stale for good.
  chunk.add({"SETNX", "lock:" + contacts_key(plan, 0), "worker-3:b1946ac92492"});
  // As when the process dies between ZADD and EXPIRE.
  for (const char* user : {"17", "1204", "4711"}) {
    const std::string at_ms = std::to_string(plan.now_ms - 5 * 86'400'000);
    chunk.add({"ZADD", fmt::format("ratelimit:{}:/api/login", user), at_ms, at_ms + "-0"});
  }
}

void write_stream(const Plan& plan, std::size_t, Chunk& chunk) {
  static constexpr std::string_view k_key = "events:contacts";
  const std::size_t read = plan.stream_entries * 8 / 10;
  const std::size_t acknowledged = plan.stream_entries * 7 / 10;
  Words done{"XACK", std::string(k_key), "indexer"};
  for (std::size_t i = 0; i < plan.stream_entries; ++i) {
    const auto at_ms = plan.now_ms - static_cast<std::int64_t>((plan.stream_entries - i) * 250);
    const std::string id = fmt::format("{}-0", at_ms);
    const std::string org = std::to_string(i % plan.orgs + 1);
    chunk.add({"XADD", k_key, id, "event", "updated", "org", org});
    if (i < acknowledged) done.push_back(id);
  }
  chunk.add({"XGROUP", "CREATE", k_key, "indexer", "0"});
  chunk.add({"XREADGROUP", "GROUP", "indexer", "worker-1", "COUNT", std::to_string(read), "STREAMS",
             k_key, ">"});
  chunk.add(std::move(done));
}

void write_big_hash(const Plan& plan, std::size_t index, Chunk& chunk) {
  static constexpr std::string_view k_key = "contacts:org3:index";
  const std::size_t first = index * k_fields_per_command;
  const std::size_t last = std::min(first + k_fields_per_command, plan.hash_fields);
  Words words{"HSET", std::string(k_key)};
  for (std::size_t field = first; field < last; ++field) {
    words.push_back(fmt::format("user{}@example.com", field + 1));
    words.push_back(std::to_string(10'000 + field));
  }
  chunk.add(std::move(words));
  if (index == 0) chunk.add({"PEXPIRE", k_key, "86400000"});
}

}  // namespace rcache::demo
