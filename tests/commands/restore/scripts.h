#pragma once

#include <doctest/doctest.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>  // App.hpp only declares what it and Formatter.hpp define
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backup/record.h"
#include "commands/restore/command.h"
#include "support/contains.h"
#include "support/run.h"
#include "support/scripted_context.h"
#include "support/temp_dir.h"

namespace rcache::restore {

using backup::Members;
using backup::Value;
using redis::Reply;
using redis::ServerError;
using redis::Status;
using test::Exchange;
using test::KeptOutput;
using test::ScriptedDeployment;
using test::TempDir;

/// The server's clock in all scripts: 2023-11-14T22:13:20Z and a bit.
inline constexpr std::int64_t k_now = 1'700'000'000'500;

inline const std::string k_info_stats = "# Stats\r\nevicted_keys:7\r\n";
inline const std::string k_info_memory =
    "# Memory\r\nused_memory:1000000\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n";

using test::contains;

/// A value that a Redis 7.0 made.
inline std::string dump_of_a_byte() {
  return backup::probe_dump(10);
}

inline Value value(std::string key, std::optional<std::int64_t> expires = {}) {
  Value out;
  out.key = std::move(key);
  out.dump = dump_of_a_byte();
  out.expires_unix_ms = expires;
  out.saved_unix_ms = k_now - 10'000;
  return out;
}

inline backup::Header header() {
  backup::Header out;
  out.tool = "rcache 0.1.0";
  out.target = "127.0.0.1:6379";
  out.server = "redis 7.0.15";
  return out;
}

/// The bytes of a whole file with these values.
inline std::string file_of(const std::vector<Value>& values,
                           const std::vector<Members>& members = {}) {
  auto bytes = frame(header());
  backup::End end;
  for (const auto& each : values) bytes += frame(each);
  for (const auto& each : members) {
    bytes += frame(each);
    end.members += each.members.size();
  }
  end.values = values.size();
  end.reason = "done";
  return bytes + frame(end);
}

inline Reply ok() {
  return Reply{Status("OK")};
}
inline Reply error(std::string words) {
  return Reply{ServerError(std::move(words))};
}
inline Reply integer(std::int64_t number) {
  return Reply{number};
}
inline Reply time_reply() {
  return Reply{std::vector<Reply>{Reply{std::string("1700000000")}, Reply{std::string("500123")}}};
}

using Script = std::vector<Exchange>;

inline Script operator+(Script a, const Script& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// What every server is asked first.
inline Script survey(const std::string& memory = k_info_memory) {
  return {{{"TIME"}, time_reply()},
          {{"INFO", "stats"}, Reply{k_info_stats}},
          {{"INFO", "memory"}, Reply{memory}}};
}

/// 1,700,000,000,000 ms, the fake clock's time, in hexadecimal.
inline const std::string k_probe = ":rcache-probe-18bcfe56800";

inline Script probe(const std::string& key) {
  return {{{"RESTORE", key + k_probe, "1000", backup::probe_dump(10)}, ok()},
          {{"UNLINK", key + k_probe}, integer(1)}};
}

/// What is asked behind each batch.
inline Script watch(const std::string& stats = k_info_stats,
                    const std::string& memory = k_info_memory) {
  return {{{"INFO", "stats"}, Reply{stats}}, {{"INFO", "memory"}, Reply{memory}}};
}

/// A RESTORE of `key` with these words around the payload.
inline Exchange restoring(const std::string& key, const std::string& ttl,
                          const std::vector<std::string>& flags, Reply reply) {
  redis::Args words{"RESTORE", key, ttl, dump_of_a_byte()};
  words.insert(words.end(), flags.begin(), flags.end());
  return {std::move(words), std::move(reply)};
}

struct World {
  std::shared_ptr<redis::Deployment> servers;
  KeyPrefix prefix = {};
  /// Called before the command runs; it may keep the interrupt.
  std::function<void(Interrupt&)> prepare = [](Interrupt&) {};
};

/// Runs `rcache restore` with these words: the real flags, in a parser of their own.
inline test::LineResult run_restore(std::vector<std::string> words, const World& world) {
  CLI::App tree("test", "rcache");
  const auto command = add_restore(tree);
  std::reverse(words.begin(), words.end());
  words.emplace_back("restore");
  tree.parse(std::move(words));
  KeptOutput output;
  test::FakeClock clock;
  Interrupt interrupt;
  world.prepare(interrupt);
  const auto hand_over = [](std::shared_ptr<redis::Deployment> servers)
      -> asio::awaitable<Result<std::shared_ptr<redis::Deployment>>> { co_return servers; };
  Context context{.output = output,
                  .clock = clock,
                  .interrupt = interrupt,
                  .connect = [&] { return hand_over(world.servers); },
                  .connect_to = [&](std::string) { return hand_over(world.servers); },
                  .key_prefix = world.prefix};
  auto outcome = test::run(command.run(context));
  return {std::move(outcome), std::move(output.out), std::move(output.notes)};
}

/// The same against one scripted server, with this file.
inline test::LineResult run_restore(const std::string& file_bytes, std::vector<std::string> flags,
                                    Script script) {
  const TempDir folder;
  flags.push_back(folder.write("backup", file_bytes));
  return run_restore(std::move(flags), {std::make_shared<ScriptedDeployment>(std::move(script))});
}

}  // namespace rcache::restore
