// The program behind scripts/bench: starts private servers, runs rcache and its peers as whole
// processes in turn, and prints what they took.

#include <fcntl.h>
#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "redis/scan.h"
#include "redis/topology.h"
#include "support/run.h"
#include "support/server.h"

namespace {

using namespace rcache;
using test::Server;

/// What one whole process took.
struct Cost {
  double wall_seconds = 0;
  double peak_mebibytes = 0;
};

Cost run_process(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const auto start = std::chrono::steady_clock::now();
  pid_t pid = 0;
  if (posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ) != 0) {
    throw test::Failure("cannot run " + words.front());
  }
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  rusage usage{};
  wait4(pid, &status, 0, &usage);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw test::Failure(words.front() + " failed");
  return {wall.count(), static_cast<double>(usage.ru_maxrss) / 1024};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Contender {
  std::string name;
  std::vector<std::string> words;
  std::vector<Cost> costs = {};
};

double median_wall(const Contender& contender) {
  std::vector<double> walls;
  for (const auto& cost : contender.costs) walls.push_back(cost.wall_seconds);
  return median(walls);
}

/// The ratio of each run to the one beside it, so that a machine that drifts does not count.
double median_ratio(const Contender& a, const Contender& b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < a.costs.size(); ++i)
    ratios.push_back(a.costs[i].wall_seconds / b.costs[i].wall_seconds);
  return median(ratios);
}

/// Runs all in turn, `rounds` times after one round that does not count, and prints a table. The
/// last contender is the measure.
void compare(std::vector<Contender> contenders, int rounds) {
  for (int round = -1; round < rounds; ++round) {
    for (auto& contender : contenders) {
      const auto cost = run_process(contender.words);
      if (round >= 0) contender.costs.push_back(cost);
    }
  }
  fmt::print("| | median wall | ratio | peak RSS |\n|---|---|---|---|\n");
  for (const auto& contender : contenders) {
    double peak = 0;
    for (const auto& cost : contender.costs) peak = std::max(peak, cost.peak_mebibytes);
    fmt::print("| {} | {:.1f} ms | {:.2f} | {:.1f} MiB |\n", contender.name,
               median_wall(contender) * 1000, median_ratio(contender, contenders.back()), peak);
  }
  fmt::print("\n");
}

void fill(Server& server, std::size_t keys) {
  constexpr std::size_t k_chunk = 10000;
  const std::string value(200, 'v');
  for (std::size_t i = 0; i < keys; i += k_chunk) {
    std::vector<test::Words> commands;
    for (std::size_t k = i; k < std::min(keys, i + k_chunk); ++k) {
      test::Words words{"SET", fmt::format("contacts:org{}:list:{}", k % 1000, k), value};
      if (k % 10 != 0) words.insert(words.end(), {"EX", "86400"});
      commands.push_back(std::move(words));
    }
    server.pipeline(commands);
  }
}

void stats_table(const std::string& rcache_program) {
  constexpr int k_rounds = 200;
  Server server;
  fill(server, 1000);
  const auto socket = server.socket_path();
  fmt::print(
      "`rcache stats -o json` against `redis-cli INFO everything`, whole processes, {} rounds\n\n",
      k_rounds);
  compare({{"rcache stats -o json", {rcache_program, "stats", "-o", "json", "-s", socket}},
           {"redis-cli INFO everything", {"redis-cli", "-s", socket, "INFO", "everything"}}},
          k_rounds);
}

void scan_table(const std::string& self) {
  constexpr int k_rounds = 7;
  constexpr std::size_t k_keys = 1'000'000;
  Server server;
  fill(server, k_keys);
  const auto socket = server.socket_path();
  for (const std::string count : {"500", "1000"}) {
    fmt::print("A full SCAN of {} keys, COUNT {}, {} rounds\n\n", k_keys, count, k_rounds);
    compare({{"rcache's scan layer", {self, "walk-layer", socket, count}},
             {"a bare loop of hiredis", {self, "walk-bare", socket, count}}},
            k_rounds);
  }
}

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

int tables(const std::string& self, const std::vector<std::string>& words) {
  const auto& program = words[0];
  const std::vector<std::pair<std::string, std::function<void()>>> all = {
      {"stats", [&] { stats_table(program); }},
      {"scan", [&] { scan_table(self); }},
  };
  for (const auto& [name, table] : all) {
    const bool wanted =
        words.size() == 1 || std::find(words.begin() + 1, words.end(), name) != words.end();
    if (wanted) table();
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  const std::string mode = arguments.empty() ? "" : arguments[0];
  try {
    if (mode == "tables" && arguments.size() >= 2)
      return tables(words[0], {arguments.begin() + 1, arguments.end()});
    if (mode == "walk-layer" && arguments.size() == 3) {
      Interrupt interrupt;
      const auto batch = static_cast<std::uint32_t>(std::stoul(arguments[2]));
      fmt::print("{}\n", test::run(count_keys(arguments[1], batch, interrupt)));
      return 0;
    }
    if (mode == "walk-bare" && arguments.size() == 3) {
      fmt::print("{}\n", count_keys_bare(arguments[1], arguments[2]));
      return 0;
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "rcache_bench: {}\n", error.what());
    return 1;
  }
  fmt::print(stderr, "usage: rcache_bench tables RCACHE [TABLE...]\n");
  return 2;
}
