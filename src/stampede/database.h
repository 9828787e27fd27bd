#pragma once

#include <cstdint>
#include <vector>

#include "stampede/ordered_queue.h"
#include "stampede/scenario.h"
#include "stampede/time.h"

namespace rcache::stampede {

/// One query of the database.
struct Load {
  Nanos started = 0;
  Nanos work = 0;  ///< how long it takes alone
  std::uint32_t request = 0;
  bool open = false;     ///< neither ended nor given up
  bool running = false;  ///< has a slot, or a part of them
};

/// The database: a number of slots, and what happens to more loads than that.
class Database {
 public:
  Database(DatabaseModel model, std::uint32_t slots) : model_(model), slots_(slots) {}

  /// Out:     the load's number, until it has ended or was given up.
  std::uint32_t start(Nanos now, std::uint32_t request, Nanos work);
  /// Gives a load up; what waits for its slot gets it.
  void give_up(Nanos now, std::uint32_t load);
  const Load& load(std::uint32_t number) const { return loads_[number]; }

  /// When the next load ends; k_never when none runs.
  Nanos next_end() const { return next_end_; }
  /// Ends that load. In: now is next_end().
  Load end_next(Nanos now);

  std::uint32_t count() const { return count_; }  ///< running and waiting

 private:
  struct End {
    double at = 0;  ///< a moment, or for shared slots the work that each load has got by then
    std::uint64_t number = 0;
    std::uint32_t load = 0;
    bool operator<(const End& other) const {
      return at != other.at ? at < other.at : number < other.number;
    }
  };
  double speed() const;
  void catch_up(Nanos now);
  void run(Nanos now, std::uint32_t load);
  void run_waiting(Nanos now);
  void find_next_end(Nanos now);
  void free(std::uint32_t load);

  DatabaseModel model_;
  std::uint32_t slots_;
  std::uint32_t count_ = 0;
  std::uint32_t running_ = 0;
  Nanos next_end_ = k_never;
  std::vector<Load> loads_;
  std::vector<std::uint32_t> free_;
  Ring<std::uint32_t> waiting_;
  OrderedQueue<End> ends_;
  std::uint64_t number_ = 0;
  double served_ = 0;  ///< shared: the work that a load which ran all the time has got
  Nanos served_at_ = 0;
};

}  // namespace rcache::stampede
