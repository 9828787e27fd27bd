// `rcache stats --watch` on a pipe: a line for each tick, and every way to end it.
#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "e2e/support.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

void wait_for_lines(Program& program, std::ptrdiff_t wanted) {
  wait_until("the ticks", [&] {
    const auto& out = program.so_far().out;
    return std::count(out.begin(), out.end(), '\n') >= wanted;
  });
}

ProgramOptions watch(const Server& server, std::vector<std::string> flags) {
  std::vector<std::string> words{"stats", "-u", server.url(), "--watch", "100ms"};
  words.insert(words.end(), flags.begin(), flags.end());
  return rcache_with(std::move(words));
}

}  // namespace

TEST_CASE("watch: NDJSON, a document for each tick, until a signal") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const char* form : {"ndjson", "json"}) {
    for (const auto& [signal, code] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
      Program program(watch(server, {"-o", form}));
      wait_for_lines(program, 2);
      program.signal(signal);
      const auto& result = program.wait();
      CAPTURE(result.describe());
      CHECK(result.exit_code == code);
      CHECK(result.err.empty());
      const auto lines = lines_of(result.out);
      CHECK(nlohmann::json::parse(lines[0])["window"].is_null());
      for (std::size_t i = 1; i < lines.size(); ++i) {
        CHECK(nlohmann::json::parse(lines[i])["window"]["seconds"].get<double>() > 0);
      }
    }
  }
}

TEST_CASE("watch: each tick is a window of its own") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(watch(server, {"-o", "ndjson"}));
  wait_for_lines(program, 1);
  read_three_of_four(server);
  wait_for_lines(program, 4);
  program.signal(SIGINT);
  long long hits = 0;
  for (const auto& line : lines_of(program.wait().out)) {
    const auto window = nlohmann::json::parse(line)["window"];
    if (!window.is_null()) hits += window["hits"].get<long long>();
  }
  CHECK(hits == 3);
}

TEST_CASE("watch: plain lines under one header, ASCII or not") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(watch(server, {}));
  wait_for_lines(program, 3);
  program.signal(SIGINT);
  const auto& result = program.wait();
  const auto lines = lines_of(result.out);
  CHECK(lines[0].starts_with("time "));
  CHECK(contains(lines[1], "warn"));
  CHECK(std::count_if(lines.begin(), lines.end(),
                      [](const auto& line) { return line.starts_with("time "); }) == 1);
  CHECK_FALSE(contains(result.out, "\x1b"));
}

TEST_CASE("watch: CSV has its header once") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(watch(server, {"-o", "csv"}));
  wait_for_lines(program, 3);
  program.signal(SIGINT);
  const auto lines = lines_of(program.wait().out);
  const auto commas = [](const std::string& line) {
    return std::count(line.begin(), line.end(), ',');
  };
  for (const auto& line : lines) CHECK(commas(line) == commas(lines[0]));
  CHECK(std::count(lines.begin(), lines.end(), lines[0]) == 1);
}

TEST_CASE("watch: a reader that has seen enough ends it quietly") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  auto options = watch(server, {});
  options.reader_leaves_after = 20;
  const auto result = run(options);
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.signal == 0);
  CHECK(result.err.empty());
}

TEST_CASE("watch: a server that is restarted is found again") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(watch(server, {"-o", "ndjson"}));
  wait_for_lines(program, 1);
  server.kill();
  program.wait_for_err("trying again");
  server.restart();
  const auto before = std::count(program.so_far().out.begin(), program.so_far().out.end(), '\n');
  wait_for_lines(program, before + 2);
  program.signal(SIGINT);
  const auto& result = program.wait();
  CHECK(result.exit_code == 130);
  for (const auto& line : lines_of(result.out)) CHECK(nlohmann::json::accept(line));
  for (const auto& line : lines_of(result.err)) CHECK(line.starts_with("rcache: "));
}

TEST_CASE("watch: a second signal ends it while a server does not answer") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(watch(server, {"-o", "ndjson"}));
  wait_for_lines(program, 1);
  server.pause();
  program.signal(SIGINT);
  program.signal(SIGINT);
  CHECK(program.wait().exit_code == 130);
}

}  // namespace rcache::test
