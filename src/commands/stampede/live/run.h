#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "commands/stampede/live/bench.h"
#include "commands/stampede/live/names.h"
#include "redis/asio.h"
#include "redis/client.h"
#include "stampede/report.h"

namespace rcache::stampede::live {

/// A request that is under way, or a refresh behind one.
struct Ask {
  Nanos asked = 0;  ///< when it was due, not when we came round to it
  std::uint64_t index = 0;
  std::uint32_t key = 0;
  std::uint32_t process = 0;
  bool counted = false;    ///< as hit, stale or miss
  bool waited_for = true;  ///< nobody has answered it yet
};
using AskPtr = std::shared_ptr<Ask>;

/// Somebody who waits until another wakes him, or the run ends.
struct Parked {
  explicit Parked(const asio::any_io_executor& executor)
      : timer(executor, std::chrono::steady_clock::time_point::max()) {}
  enum class Word { good, bad };
  asio::steady_timer timer;
  bool woken = false;
  Word word = Word::good;  ///< what he is told

  void wake(Word said = Word::good) {
    woken = true;
    word = said;
    timer.cancel();
  }
};

/// Scripts that the server knows by their hash. An empty hash: the script itself is sent.
struct ScriptHashes {
  std::string release;
  std::string redlock;
  std::string lease_get;
  std::string lease_set;
};

/// What a run is made of.
struct Setup {
  Scenario scenario;
  Strategy strategy = Strategy::none;
  Names names;
  /// A process of the scenario sends over the connection with its number modulo their number.
  std::vector<std::shared_ptr<redis::Client>> connections;
  ScriptHashes scripts;
  std::string where;  ///< the server, for messages
};

/// One strategy under way: its clock, its requests, and the waits of all its coroutines, which end
/// at once when the run is over.
///
/// Everything runs on one thread. Coroutines hold it by a pointer; it holds none of them.
class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(const asio::any_io_executor& executor, Setup setup);

  const Scenario& scenario() const { return bench_.scenario(); }
  Strategy strategy() const { return setup_.strategy; }
  const Names& names() const { return setup_.names; }
  const ScriptHashes& scripts() const { return setup_.scripts; }
  Bench& bench() { return bench_; }
  Ledger& ledger() { return bench_.ledger(); }

  /// The run's time begins now.
  void start() { zero_ = std::chrono::steady_clock::now(); }
  Nanos now() const;
  bool over() const { return over_; }
  const std::optional<Error>& failure() const { return failure_; }

  // Requests
  AskPtr open(Nanos asked, std::uint64_t index, std::uint32_t key);
  /// The refresh behind a stale answer.
  AskPtr open_behind(const AskPtr& ask);
  void hit(const AskPtr& ask);
  void stale(const AskPtr& ask, Nanos age);
  void miss(const AskPtr& ask);
  /// A hit that refreshes before it is answered.
  void volunteered(const AskPtr& ask);
  void answered(const AskPtr& ask);
  void failed(const AskPtr& ask);

  // Waiting. Each says false, or nothing, when the run is over.
  asio::awaitable<bool> sleep_until(Nanos moment);
  asio::awaitable<bool> sleep(Nanos span) { return sleep_until(now() + span); }
  std::shared_ptr<Parked> parked() const { return std::make_shared<Parked>(executor_); }
  asio::awaitable<bool> park(std::shared_ptr<Parked> parked);
  /// Until that moment, or until the run is over or unstable.
  asio::awaitable<void> last_until(Nanos moment);
  /// Loads from the database.
  asio::awaitable<std::optional<LoadEnd>> load(AskPtr ask, LoadStart start);
  /// Sends commands over the connection of the request's process; counts them. An error reply other
  /// than NOSCRIPT ends the run.
  asio::awaitable<std::optional<std::vector<redis::Reply>>> send(AskPtr ask,
                                                                 redis::Commands commands);
  /// The same of what no request asks for; not counted. Any error reply ends the run.
  asio::awaitable<bool> send_besides(redis::Commands commands);

  // Within one process: mutexes and flights, by process and key.
  static std::uint64_t owner_of(const Ask& ask) {
    return static_cast<std::uint64_t>(ask.process) << 32U | ask.key;
  }
  using Line = std::deque<std::shared_ptr<Parked>>;
  std::unordered_map<std::uint64_t, Line>& lines() { return lines_; }
  /// The token that a lock has, as far as replies have told.
  std::unordered_map<std::uint32_t, std::uint64_t>& holders() { return holders_; }

  double coin(std::uint64_t index) const { return coins_.above_zero(index); }
  double backoff(std::uint64_t index, std::uint32_t attempt) const {
    return backoffs_.above_zero(index * 16 + attempt);
  }

  /// Runs a coroutine beside the others; drain() waits for it.
  void spawn(asio::awaitable<void> task);
  asio::awaitable<void> drain();

  /// The figures until now. In: called once.
  StrategyReport report();
  /// Ends all waits. Commands that are under way are answered as ever.
  void stop();
  /// The same, for a reason; the first one counts.
  void fail(Error error);
  /// When too many requests were under way; k_never when they never were.
  Nanos unstable_at() const { return unstable_at_; }

  /// How late waits for a moment came to their end: what this machine adds to the figures.
  const Histogram& lateness() const { return lateness_; }
  /// How long commands took until their reply was read.
  const Histogram& round_trips() const { return round_trips_; }

 private:
  bool accept(const Result<std::vector<redis::Reply>>& replies);
  void register_ask(const AskPtr& ask);
  void end_due_loads();
  void arm_database();

  Setup setup_;
  Bench bench_;
  asio::any_io_executor executor_;
  std::chrono::steady_clock::time_point zero_;
  Stream processes_, coins_, backoffs_;

  bool over_ = false;
  std::optional<Error> failure_;
  Nanos unstable_at_ = k_never;
  std::unordered_set<asio::steady_timer*> waits_;
  std::unordered_set<Ask*> waiting_;
  std::uint32_t peak_waiting_ = 0;
  std::uint64_t unfinished_ = 0;

  asio::steady_timer end_timer_;
  asio::steady_timer database_timer_;
  Nanos armed_for_ = k_never;
  std::vector<std::shared_ptr<Parked>> loaders_;  ///< by ticket
  std::vector<std::shared_ptr<LoadEnd>> load_ends_;

  std::unordered_map<std::uint64_t, Line> lines_;
  std::unordered_map<std::uint32_t, std::uint64_t> holders_;
  Histogram lateness_;
  Histogram round_trips_;
  std::size_t tasks_ = 0;
  redis::Signal task_ended_;
};
using RunPtr = std::shared_ptr<Run>;

}  // namespace rcache::stampede::live
