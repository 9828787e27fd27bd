// Whole processes, measured from outside.

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>

#include "bench.h"
#include "support/program.h"

namespace rcache::bench {
namespace {

constexpr std::chrono::minutes k_longest{15};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

pid_t start(const Words& words) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw test::Failure("cannot run " + words.front());
  return pid;
}

}  // namespace

std::string self() {
  char path[4096];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  if (size <= 0) throw test::Failure("/proc/self/exe cannot be read");
  return {path, static_cast<std::size_t>(size)};
}

int measure_process(const Words& words) {
  const auto begin = std::chrono::steady_clock::now();
  const pid_t pid = start(words);
  int status = 0;
  rusage usage{};
  ::wait4(pid, &status, 0, &usage);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  fmt::print("{} {} {}\n", wall.count(), seconds(usage.ru_utime) + seconds(usage.ru_stime),
             static_cast<double>(usage.ru_maxrss) / 1024);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Outcome run_process(const Words& words) {
  test::ProgramOptions options;
  options.argv = {self(), "measure"};
  options.argv.insert(options.argv.end(), words.begin(), words.end());
  options.deadline = k_longest;
  Outcome outcome;
  try {
    const auto result = test::run(std::move(options));
    auto& cost = outcome.cost;
    std::istringstream(result.out) >> cost.wall_seconds >> cost.cpu_seconds >> cost.peak_mebibytes;
    if (result.exit_code == 0) return outcome;
    const auto reason = first_line(result.err);
    outcome.failure =
        fmt::format("exit {}{}{}", result.exit_code, reason.empty() ? "" : ": ", reason);
  } catch (const test::Failure& failure) {
    outcome.failure = first_line(failure.what());
  }
  return outcome;
}

double server_cpu_seconds(test::Server& server) {
  const auto info = server.command({"INFO", "cpu"}).text;
  return std::strtod(test::info_field(info, "used_cpu_user").c_str(), nullptr) +
         std::strtod(test::info_field(info, "used_cpu_sys").c_str(), nullptr);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double median_ratio(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) ratios.push_back(a[i] / b[i]);
  return median(ratios);
}

std::string first_line_of(const Words& words) {
  try {
    return first_line(test::run({.argv = words}).out);
  } catch (const test::Failure&) {
    return {};
  }
}

}  // namespace rcache::bench
