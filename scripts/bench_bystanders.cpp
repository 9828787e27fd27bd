// What a client that only reads notices while keys are removed.

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <deque>
#include <exception>
#include <thread>

#include "bench_removers.h"
#include "bench_tables.h"
#include "support/file_handle.h"
#include "support/sockets.h"

namespace rcache::bench {
namespace {

constexpr int k_rounds = 3;
constexpr std::chrono::microseconds k_period{500};
constexpr const char* k_key = "bystander";  // matches no pattern
const std::string k_value(200, 'v');

/// A GET each period, in a thread of its own, as many clients would send them: none waits for the
/// answer to the one before. The times count from the moment when a GET was due, so that a long
/// pause counts for all the GETs that it held up and not for one.
class Bystander {
 public:
  explicit Bystander(test::Server& server)
      : socket_(test::connect_to(server.address())), thread_([this] { run(); }) {}
  ~Bystander() { stop(); }
  Bystander(const Bystander&) = delete;
  Bystander& operator=(const Bystander&) = delete;

  /// Milliseconds of each GET since the start.
  std::vector<double> finish() {
    stop();
    if (thrown_) std::rethrow_exception(thrown_);
    return times_ms_;
  }

 private:
  using Clock = std::chrono::steady_clock;

  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  void run() try {
    if (!socket_) throw test::Failure("the bystander cannot connect");
    test::make_lively(socket_);
    ::prctl(PR_SET_TIMERSLACK, 1UL);  // nanosecond: else each wait is up to 50 us too long
    for (auto due = Clock::now(); !stopping_ || !waiting_.empty();) {
      if (!stopping_ && due <= Clock::now()) {
        ask(due);
        due += k_period;
      }
      wait_until(due);
      read_replies();
    }
  } catch (...) {
    thrown_ = std::current_exception();
  }

  void ask(Clock::time_point due) {
    static const std::string command = fmt::format("GET {}\r\n", k_key);
    if (::send(socket_.get(), command.data(), command.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(command.size()))
      throw test::Failure("the bystander cannot send");
    waiting_.push_back(due);
  }

  /// Or until there is something to read.
  void wait_until(Clock::time_point due) const {
    const auto left = std::max<Clock::duration>(due - Clock::now(), Clock::duration::zero());
    const timespec limit{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds(left).count()};
    pollfd file{socket_.get(), POLLIN, 0};
    ::ppoll(&file, 1, &limit, nullptr);
  }

  /// All replies are of one size.
  void read_replies() {
    static const std::size_t reply_size =
        fmt::format("${}\r\n{}\r\n", k_value.size(), k_value).size();
    char buffer[65536];
    const ssize_t got = ::recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
      throw test::Failure("the bystander was cut off");
    const auto now = Clock::now();
    for (read_bytes_ += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
         read_bytes_ >= reply_size; read_bytes_ -= reply_size) {
      const std::chrono::duration<double, std::milli> took = now - waiting_.front();
      times_ms_.push_back(took.count());
      waiting_.pop_front();
    }
  }

  test::FileHandle socket_;
  std::deque<Clock::time_point> waiting_;  // when each GET without an answer was due
  std::size_t read_bytes_ = 0;             // of a reply that has not come whole
  std::vector<double> times_ms_;
  std::exception_ptr thrown_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // last: it uses all above
};

/// The least value that at least this share of all values does not exceed.
double percentile(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

/// A contender, and what the bystander saw in each of its runs.
struct Watched {
  Series series;
  std::vector<std::vector<double>> times_ms = {};
};

/// Percentiles of each run, and the median of those: one run that the machine disturbed does not
/// count. The maximum is that of all runs.
Words row(const std::string& name, const std::string& wall, std::vector<std::vector<double>> runs) {
  std::size_t gets = 0;
  double longest = 0;
  for (auto& times : runs) {
    std::sort(times.begin(), times.end());
    gets += times.size();
    longest = std::max(longest, times.back());
  }
  Words cells{name, wall, with_commas(gets)};
  for (const double share : {0.5, 0.99, 0.999}) {
    std::vector<double> values;
    for (const auto& times : runs) values.push_back(percentile(times, share));
    cells.push_back(fmt::format("{:.2f}", median(values)));
  }
  cells.push_back(fmt::format("{:.2f}", longest));
  return cells;
}

/// Watches the server while `run` goes on.
template <typename Run>
void watch(Watched& watched, Keyspace& keyspace, Run run) {
  keyspace.reset();
  keyspace.server().command({"SET", k_key, k_value});
  Bystander bystander(keyspace.server());
  run();
  watched.times_ms.push_back(bystander.finish());
}

}  // namespace

void bystanders_table(const std::string& rcache_program) {
  Keyspace keyspace(default_keys());
  const auto port = keyspace.port();
  std::vector<Watched> all;
  for (const auto& remover :
       {rcache_remover(rcache_program, port, k_pattern),
        rcache_remover(rcache_program, port, k_pattern, {"--max-latency", "1ms"}),
        redis_cli_remover(port, k_pattern), ioredis_loop_remover(port, k_pattern),
        ioredis_stream_remover(port, k_pattern)})
    all.push_back({{remover}});
  fmt::print(
      "A GET every 0.5 ms, counted from when it was due, while {} of {} keys are removed; loopback "
      "TCP, medians of {} runs; {}\n\n",
      with_commas(keyspace.matching()), with_commas(keyspace.keys()), k_rounds, peer_versions());
  Table table({"", "wall s", "GETs", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "keys removed"});
  Watched idle;
  for (int round = 0; round < k_rounds; ++round) {
    watch(idle, keyspace, [] { std::this_thread::sleep_for(std::chrono::seconds{2}); });
    for (auto& watched : all)
      watch(watched, keyspace, [&] { run_once(watched.series, keyspace.server()); });
  }
  table.add(row("idle", "", idle.times_ms));
  for (const auto& watched : all) {
    if (!watched.series.failure.empty()) {
      table.add(failure_row(watched.series));
      continue;
    }
    auto cells = row(watched.series.remover.name, wall_cell(watched.series), watched.times_ms);
    cells.push_back(removed_cell(watched.series, keyspace.matching()));
    table.add(cells);
  }
  table.print();
}

}  // namespace rcache::bench
