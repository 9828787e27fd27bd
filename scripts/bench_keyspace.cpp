#include "bench_keyspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "support/deadline.h"

namespace rcache::bench {
namespace {

/// Random-looking and the same each time (the finaliser of splitmix64).
std::uint64_t mixed(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

std::string name_of(std::uint64_t i) {
  const std::uint64_t noise = mixed(i);
  switch (i % 20) {
    case 0:
    case 5:
    case 10:
    case 15:
      return fmt::format("contacts:org1:list:{}:{:08x}", i, noise >> 32);
    case 1:
    case 6:
    case 11:
    case 16:
      return fmt::format("session:{:016x}{:016x}", noise, mixed(noise));
    case 2:
    case 7:
    case 12:
      return fmt::format("product:{}:v2", i);
    case 3:
    case 8:
      return fmt::format("user:{}:profile", i);
    case 4:
      return fmt::format("rate:10.{}.{}.{}:{}", noise & 255, noise >> 8 & 255, noise >> 16 & 255,
                         i);
    default:
      return fmt::format("contacts:org{}:list:{}:{:08x}", 2 + noise % 399, i, noise >> 32);
  }
}

/// Compresses about as well as small JSON documents do, for what dumps and compresses values.
std::string value_of(std::uint64_t i) {
  static const std::string pool = [] {
    std::string text;
    for (std::uint64_t at = 0; text.size() < (1 << 16); ++at)
      text += fmt::format("{:x}", mixed(at));
    return text;
  }();
  const std::uint64_t noise = mixed(~i);
  std::string value =
      fmt::format(R"({{"id":{},"updated_at":"2024-05-{:02}T10:00:00Z","active":true,"data":")", i,
                  1 + noise % 31);
  const std::size_t size = 100 + noise % 201;
  value += pool.substr(noise >> 32 & 0x7fff, std::max(size, value.size() + 2) - value.size() - 2);
  return value + "\"}";
}

test::Words command_of(std::uint64_t i) {
  constexpr std::uint64_t k_day = 86400;
  test::Words words{"SET", name_of(i), value_of(i)};
  const std::uint64_t noise = mixed(i + (std::uint64_t{1} << 40));
  if (noise % 10 != 0) {
    words.emplace_back("EX");
    words.push_back(std::to_string(k_day + noise / 10 % (6 * k_day)));
  }
  return words;
}

}  // namespace

void fill(test::Server& server, std::size_t keys) {
  constexpr std::size_t k_chunk = 10000;
  for (std::size_t i = 0; i < keys; i += k_chunk) {
    std::vector<test::Words> commands;
    for (std::size_t k = i; k < std::min(keys, i + k_chunk); ++k) commands.push_back(command_of(k));
    server.pipeline(commands);
  }
}

Keyspace::Keyspace(std::size_t keys) : server_({.listen = test::Listen::tcp}), keys_(keys) {
  fill(server_, keys);
  server_.command({"SAVE"});
}

void Keyspace::reset() {
  server_.restart();
  test::wait_until("loading the snapshot", [this] { return server_.info("loading") == "0"; });
  if (size() != keys_) throw test::Failure("the snapshot does not hold all keys");
}

std::uint64_t Keyspace::size() {
  return static_cast<std::uint64_t>(server_.command({"DBSIZE"}).integer);
}

std::size_t default_keys() {
  const char* text = std::getenv("RCACHE_BENCH_KEYS");
  return text == nullptr ? 1'000'000 : std::strtoul(text, nullptr, 10);
}

}  // namespace rcache::bench
