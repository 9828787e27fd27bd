#include "stampede/database.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "stampede/closed_forms.h"
#include "stampede/random.h"

namespace rcache::stampede {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr double k_effort = 0.1;
#else
constexpr double k_effort = 1;
#endif

/// The mean wait of Poisson loads.
double mean_wait(std::uint32_t slots, double rate, LoadTime load_time, int loads) {
  Database database(DatabaseModel::fifo, slots);
  const Stream gaps(1, Purpose::gap);
  const Stream times(1, Purpose::load_time);
  LoadTime gap;
  gap.kind = LoadTime::Kind::exponential;
  gap.span = from_seconds(1 / rate);
  double waited = 0;
  Nanos now = 0;
  int ended = 0;
  for (int load = 0; ended < loads;) {
    const Nanos next =
        load < loads ? now + draw_load_time(gap, gaps.above_zero(static_cast<std::uint64_t>(load)))
                     : k_never;
    while (database.next_end() <= next && ended < loads) {
      const Nanos end = database.next_end();
      const auto done = database.end_next(end);
      waited += seconds(end - done.started - done.work);
      ++ended;
    }
    if (load == loads) continue;
    now = next;
    database.start(now, 0,
                   draw_load_time(load_time, times.above_zero(static_cast<std::uint64_t>(load++))));
  }
  return waited / loads;
}

std::vector<Nanos> ends_of_batch(DatabaseModel model, std::uint32_t slots, int loads, Nanos work) {
  Database database(model, slots);
  for (int load = 0; load < loads; ++load) database.start(0, 0, work);
  std::vector<Nanos> ends;
  while (database.next_end() != k_never) {
    ends.push_back(database.next_end());
    database.end_next(database.next_end());
  }
  return ends;
}

}  // namespace

TEST_CASE("database: waits in a queue as Erlang has it") {
  struct Case {
    std::uint32_t slots;
    double used;
  };
  const int loads = static_cast<int>(400'000 * k_effort);
  for (const auto& c : {Case{1, 0.5}, Case{1, 0.8}, Case{4, 0.7}, Case{20, 0.8}}) {
    CAPTURE(c.slots);
    CAPTURE(c.used);
    const double rate = c.used * c.slots / 0.05;
    LoadTime load_time;
    load_time.span = from_seconds(0.05);
    CHECK(mean_wait(c.slots, rate, load_time, loads) ==
          doctest::Approx(closed::mean_wait_constant(rate, 0.05, c.slots))
              .epsilon(0.08 / std::sqrt(k_effort)));
    load_time.kind = LoadTime::Kind::exponential;
    CHECK(mean_wait(c.slots, rate, load_time, loads) ==
          doctest::Approx(closed::mean_wait_exponential(rate, 0.05, c.slots))
              .epsilon(0.08 / std::sqrt(k_effort)));
  }
}

TEST_CASE("database: a batch in a queue leaves slot by slot") {
  const auto ends = ends_of_batch(DatabaseModel::fifo, 3, 7, 1000);
  CHECK(ends == std::vector<Nanos>{1000, 1000, 1000, 2000, 2000, 2000, 3000});
}

TEST_CASE("database: a batch that shares the slots leaves together, late") {
  const auto ends = ends_of_batch(DatabaseModel::shared, 2, 8, 1000);
  CHECK(ends == std::vector<Nanos>(8, 4000));
}

TEST_CASE("database: an unlimited one has no queue") {
  CHECK(ends_of_batch(DatabaseModel::unlimited, 1, 5, 1000) == std::vector<Nanos>(5, 1000));
}

TEST_CASE("database: what leaves speeds up what stays") {
  Database database(DatabaseModel::shared, 1);
  database.start(0, 1, 100);
  database.start(0, 2, 300);
  CHECK(database.next_end() == 200);  // half the speed each
  CHECK(database.end_next(200).request == 1);
  CHECK(database.next_end() == 400);  // 200 left, alone
  CHECK(database.end_next(400).request == 2);
  CHECK(database.next_end() == k_never);
}

TEST_CASE("database: a load that is given up frees its place, waiting or running") {
  for (const auto model : {DatabaseModel::fifo, DatabaseModel::shared, DatabaseModel::unlimited}) {
    Database database(model, 1);
    const auto first = database.start(0, 1, 100);
    const auto second = database.start(0, 2, 100);
    database.start(0, 3, 100);
    database.give_up(10, second);
    database.give_up(10, first);
    CHECK(database.count() == 1);
    CHECK(database.load(first).open == false);
    const Nanos end = database.next_end();
    CHECK(database.end_next(end).request == 3);
    CHECK(database.next_end() == k_never);
    CHECK(database.count() == 0);
    // The places are used again.
    database.start(end, 4, 5);
    CHECK(database.next_end() == end + 5);
    CHECK(database.end_next(end + 5).request == 4);
  }
}

}  // namespace rcache::stampede
