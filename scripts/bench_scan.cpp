// A full SCAN through rcache's scan layer against a bare loop of hiredis.

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include "bench_keyspace.h"
#include "bench_tables.h"
#include "redis/scan.h"
#include "redis/topology.h"
#include "support/run.h"

namespace rcache::bench {
namespace {

asio::awaitable<std::uint64_t> count_keys(std::string socket, std::uint32_t count,
                                          Interrupt& interrupt) {
  redis::ConnectSettings settings;
  settings.endpoint.addresses = {{.host = {}, .port = 0, .socket_path = socket}};
  auto servers = co_await redis::connect(settings, interrupt);
  if (!servers) throw test::Failure(servers.error().message);
  redis::ScanOptions options;
  options.count = count;
  redis::Scan scan(*servers, options);
  std::uint64_t keys = 0;
  while (true) {
    auto batch = co_await scan.next();
    if (!batch) throw test::Failure(batch.error().message);
    if (!batch->has_value()) break;
    keys += (*batch)->keys.size();
  }
  if (!scan.coverage().complete) throw test::Failure("the scan is not complete");
  co_return keys;
}

std::uint64_t count_keys_bare(const std::string& socket, const std::string& count) {
  redisContext* context = redisConnectUnix(socket.c_str());
  if (context == nullptr || context->err != 0) throw test::Failure("cannot connect");
  std::string cursor = "0";
  std::uint64_t keys = 0;
  do {
    auto* reply = static_cast<redisReply*>(
        redisCommand(context, "SCAN %s COUNT %s", cursor.c_str(), count.c_str()));
    if (reply == nullptr || reply->elements != 2) throw test::Failure("SCAN failed");
    cursor = reply->element[0]->str;
    keys += reply->element[1]->elements;
    freeReplyObject(reply);
  } while (cursor != "0");
  redisFree(context);
  return keys;
}

}  // namespace

int walk(const Words& words) {
  const auto& [how, socket, count] = std::tie(words.at(0), words.at(1), words.at(2));
  Interrupt interrupt;
  const auto keys =
      how == "layer"
          ? test::run(count_keys(socket, static_cast<std::uint32_t>(std::stoul(count)), interrupt))
          : count_keys_bare(socket, count);
  fmt::print("{}\n", keys);
  return 0;
}

void scan_table() {
  constexpr int k_rounds = 7;
  constexpr std::size_t k_keys = 1'000'000;
  test::Server server;
  fill(server, k_keys);
  const auto socket = server.socket_path();
  for (const std::string count : {"500", "1000"}) {
    fmt::print("A full SCAN of {} keys, COUNT {}, unix socket, {} rounds\n\n", with_commas(k_keys),
               count, k_rounds);
    compare({{"rcache's scan layer", {self(), "walk", "layer", socket, count}},
             {"a bare loop of hiredis", {self(), "walk", "bare", socket, count}}},
            k_rounds);
  }
}

}  // namespace rcache::bench
