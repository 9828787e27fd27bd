// How fast recorded traffic is read, and replayed.

#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <random>

#include "bench_tables.h"
#include "support/temp_dir.h"
#include "trace/monitor.h"
#include "trace/trace.h"

namespace rcache::bench {
namespace {

constexpr int k_lines = 10'000'000;
constexpr int k_rounds = 3;

/// Nine reads and a write in ten, of 100,000 keys, by 50 connections.
std::string write_monitor_text(const test::TempDir& folder) {
  const auto path = folder.file("monitor.txt");
  std::ofstream out(path, std::ios::binary);
  std::mt19937_64 random(1);
  fmt::memory_buffer lines;
  std::int64_t now_us = 1'700'000'000'000'000;
  for (int i = 0; i < k_lines; ++i) {
    now_us += 7;
    const auto key = random() % 100'000;
    fmt::format_to(std::back_inserter(lines),
                   "{}.{:06} [0 127.0.0.1:{}] \"{}\" \"contacts:org{}:list:page:{}\"",
                   now_us / 1'000'000, now_us % 1'000'000, 40'000 + random() % 50,
                   i % 10 == 0 ? "SET" : "GET", key % 50, key);
    if (i % 10 == 0) {
      constexpr std::string_view k_value =
          " \"{\\\"id\\\":1,\\\"name\\\":\\\"somebody\\\",\\\"rest\\\":\\\"........................"
          "...\\\"}\" "
          "\"EX\" \"300\"";
      lines.append(k_value.data(), k_value.data() + k_value.size());
    }
    lines.push_back('\n');
    if (lines.size() < (1U << 20U)) continue;
    out.write(lines.data(), static_cast<std::streamsize>(lines.size()));
    lines.clear();
  }
  out.write(lines.data(), static_cast<std::streamsize>(lines.size()));
  return path;
}

/// Reads of a million objects, 2,000 a second.
std::string write_oracle_general(const test::TempDir& folder) {
  const auto path = folder.file("oracle.bin");
  std::ofstream out(path, std::ios::binary);
  std::mt19937_64 random(2);
  std::string records;
  const auto put = [&](std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) records += static_cast<char>(number >> (8 * i) & 0xffU);
  };
  for (int i = 0; i < k_lines; ++i) {
    put(static_cast<std::uint64_t>(i / 2000), 4);
    put(random() % 1'000'000 * (random() % 1'000'000) / 1'000'000, 8);
    put(100, 4);
    put(~std::uint64_t{0}, 8);
    if (records.size() < (1U << 20U)) continue;
    out << records;
    records.clear();
  }
  out << records;
  return path;
}

struct Times {
  double wall = 0;
  double cpu = 0;  ///< of this thread, kernel included
};

double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Medians.
template <typename Job>
Times times_of(Job job) {
  std::vector<double> walls;
  std::vector<double> cpus;
  for (int round = 0; round < k_rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    const auto cpu = thread_cpu_seconds();
    job();
    cpus.push_back(thread_cpu_seconds() - cpu);
    walls.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return {median(walls), median(cpus)};
}

/// What a capture does: events are taken out as they come.
void parse_in_passing(const std::string& path) {
  trace::Intake intake;
  trace::Feeder feeder(trace::monitor_decoder(intake));
  std::ifstream in(path, std::ios::binary);
  std::vector<char> piece(std::size_t{256} << 10U);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    feeder.feed({piece.data(), static_cast<std::size_t>(in.gcount())});
    intake.events.clear();
  }
  feeder.finish();
  if (intake.tally.malformed > 0) throw test::Failure("a line was not understood");
}

void read_whole(const std::string& path) {
  if (!trace::read_trace(path, {})) throw test::Failure("cannot read " + path);
}

}  // namespace

void trace_table(const std::string& rcache_program) {
  const test::TempDir folder;
  const auto monitor = write_monitor_text(folder);
  const auto oracle = write_oracle_general(folder);
  fmt::print("{} lines or records, medians of {}\n\n", with_commas(k_lines), k_rounds);
  Table table({"", "wall s", "CPU s", "million per CPU s", "peak MiB"});
  const auto add = [&](const std::string& name, const Times& times) {
    table.add({name, fmt::format("{:.2f}", times.wall), fmt::format("{:.2f}", times.cpu),
               fmt::format("{:.1f}", k_lines / times.cpu / 1e6), ""});
  };
  add("MONITOR text parsed", times_of([&] { parse_in_passing(monitor); }));
  add("MONITOR text read into memory", times_of([&] { read_whole(monitor); }));
  add("libCacheSim oracleGeneral read into memory", times_of([&] { read_whole(oracle); }));
  const auto replay = run_process({rcache_program, "stampede", "replay", oracle, "--ttl", "1h",
                                   "--load-time", "20ms", "--db-slots", "200"});
  if (!replay.failure.empty()) throw test::Failure("replay failed: " + replay.failure);
  table.add({"rcache stampede replay of the latter, 14 strategies",
             fmt::format("{:.2f}", replay.cost.wall_seconds),
             fmt::format("{:.2f}", replay.cost.cpu_seconds),
             fmt::format("{:.1f}", 14 * k_lines / replay.cost.cpu_seconds / 1e6),
             fmt::format("{:.0f}", replay.cost.peak_mebibytes)});
  table.print();
}

}  // namespace rcache::bench
