#include "commands/stats/watch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "core/utf8.h"
#include "samples.h"

namespace rcache::stats {
namespace {

StatsReport tick(std::optional<double> hit_ratio, double ops) {
  auto report = make_report({node()}, {});
  report.window = Window{};
  report.window->seconds = 2;
  report.window->hit_ratio = hit_ratio;
  report.window->ops_per_second = ops;
  report.window->evicted_per_second = 0;
  report.window->expired_per_second = 0.5;
  return report;
}

History eight_ticks() {
  History history;
  for (int index = 0; index < 8; ++index) {
    history.add(tick(index == 3 ? std::nullopt : std::optional(index / 8.0), index * 100));
  }
  return history;
}

TEST_CASE("watch_screen: numbers and sparklines of the ticks, whole") {
  CHECK(watch_screen(eight_ticks(), tick(0.875, 700), {}) ==
        "redis 7.0.15 standalone master at 127.0.0.1:6379, up 16m 40s\n"
        "\n"
        "Hit ratio        87.5%  ▁▂▃ ▅▆▇█                                  top 100.0%\n"
        "Ops              700/s  ▁▂▃▄▅▆▇█                                  top 700/s\n"
        "Memory         1.0 MiB  ▅▅▅▅▅▅▅▅                                  top 2.0 MiB\n"
        "Evicted            0/s  ▁▁▁▁▁▁▁▁                                  top 0/s\n"
        "Expired          0.5/s  ████████                                  top 0.5/s\n"
        "\n"
        "Since start hit ratio 90.0%, 0 evicted, 200 expired\n"
        "Memory      peak 1.5 MiB, rss 2.0 MiB, fragmentation 2.05, policy allkeys-lru\n"
        "Keys        105 in all, 95 with TTL, 10 without\n"
        "Traffic     700 ops/s, 12 of 10,000 clients, 1 blocked, 0 rejected\n"
        "\n"
        "ok      hit-ratio    90.0% of reads hit since start (at least 80% wanted)\n"
        "ok      evictions    no key was evicted since start\n"
        "ok      memory       50.0% of maxmemory is in use (at most 90% wanted)\n"
        "ok      policy       allkeys-lru: keys are evicted when memory is full\n"
        "ok      connections  no connection was rejected since start\n"
        "\n"
        "Healthy\n");
}

TEST_CASE("watch_screen: 40 columns in ASCII keep the last ticks") {
  CHECK(watch_screen(eight_ticks(), tick(0.875, 700),
                     {.width = 40, .charset = render::Charset::ascii}) ==
        "redis 7.0.15 standalone master at 127.0~\n"
        "\n"
        "Hit ratio        87.5%  _.- =+*#\n"
        "Ops              700/s  _.-:=+*#\n"
        "Memory         1.0 MiB  ========\n"
        "Evicted            0/s  ________\n"
        "Expired          0.5/s  ########\n"
        "\n"
        "Since start hit ratio 90.0%, 0 evicted,~\n"
        "Memory      peak 1.5 MiB, rss 2.0 MiB, ~\n"
        "Keys        105 in all, 95 with TTL, 10~\n"
        "Traffic     700 ops/s, 12 of 10,000 cli~\n"
        "\n"
        "ok      hit-ratio    90.0% of reads hit~\n"
        "ok      evictions    no key was evicted~\n"
        "ok      memory       50.0% of maxmemory~\n"
        "ok      policy       allkeys-lru: keys ~\n"
        "ok      connections  no connection was ~\n"
        "\n"
        "Healthy\n");
}

TEST_CASE("watch_screen: fits 24 lines and the width, whatever there is to say") {
  auto report = tick(0.5, 1e9);
  report.address = std::string(300, 'x');
  report.complete = false;
  report.gaps = {std::string(300, 'g'), "\x1b[2Jhostile", "third"};
  report.notes = {std::string(300, 'n'), "second"};
  History history;
  for (int index = 0; index < 300; ++index) history.add(report);
  for (std::size_t width = 20; width <= 200; ++width) {
    const auto screen = watch_screen(history, report, {.width = width});
    CAPTURE(width);
    CHECK(std::count(screen.begin(), screen.end(), '\n') <= 24);
    CHECK(screen.find('\x1b') == std::string::npos);
    CHECK(screen.find("INCOMPLETE") != std::string::npos);
    std::istringstream lines(screen);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(display_width(line) <= width);
    }
  }
}

TEST_CASE("watch_screen: the first tick has no window and still a screen") {
  History history;
  const auto report = make_report({node()}, {});
  history.add(report);
  const auto screen = watch_screen(history, report, {});
  CHECK(screen.find("Hit ratio          n/a\n") != std::string::npos);
  CHECK(watch_screen(History{}, report, {}).find("Memory             n/a\n") != std::string::npos);
}

TEST_CASE("history: keeps the last ticks only") {
  History history(3);
  for (int index = 0; index < 5; ++index) history.add(tick(0.5, index));
  REQUIRE(history.ticks().size() == 3);
  CHECK(history.ticks().front().ops_per_second == 2);
  CHECK(history.ticks().back().ops_per_second == 4);
  CHECK(history.ticks().back().memory_used_bytes == 1048576);
}

TEST_CASE("watch_line: one line for each tick under one heading") {
  CHECK(watch_line_header() + watch_line(tick(0.75, 1234)) + watch_line(tick({}, 0)) ==
        "time        hits     ops/s      memory        keys   evicted   expired  clients  verdict\n"
        "03:00:00Z   75.0%   1,234/s     1.0 MiB         105       0/s     0.5/s       12  ok\n"
        "03:00:00Z     n/a       0/s     1.0 MiB         105       0/s     0.5/s       12  ok\n");
  auto gap = tick(0.75, 1);
  gap.complete = false;
  CHECK(watch_line(gap).ends_with("12  incomplete\n"));
}

}  // namespace
}  // namespace rcache::stats
