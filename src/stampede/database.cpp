#include "stampede/database.h"

#include <algorithm>
#include <cmath>

namespace rcache::stampede {

std::uint32_t Database::start(Nanos now, std::uint32_t request, Nanos work) {
  std::uint32_t number = 0;
  if (free_.empty()) {
    number = static_cast<std::uint32_t>(loads_.size());
    loads_.emplace_back();
  } else {
    number = free_.back();
    free_.pop_back();
  }
  loads_[number] = {now, work, request, true, false};
  catch_up(now);
  ++count_;
  if (model_ == DatabaseModel::fifo && running_ == slots_) {
    waiting_.push(number);
  } else {
    run(now, number);
  }
  find_next_end(now);
  return number;
}

void Database::give_up(Nanos now, std::uint32_t load) {
  catch_up(now);
  auto& entry = loads_[load];
  entry.open = false;
  --count_;
  // Its place in a queue stays until it comes to the front; only a running one frees a slot.
  if (entry.running) {
    --running_;
    run_waiting(now);
  }
  find_next_end(now);
}

Load Database::end_next(Nanos now) {
  catch_up(now);
  const End end = ends_.front();
  ends_.pop();
  // The moment was rounded up to a nanosecond, and what was served beyond belongs to nobody.
  if (model_ == DatabaseModel::shared) served_ = std::max(served_, end.at);
  const Load load = loads_[end.load];
  free(end.load);
  --count_;
  --running_;
  run_waiting(now);
  find_next_end(now);
  return load;
}

double Database::speed() const {
  return running_ <= slots_ ? 1.0 : static_cast<double>(slots_) / static_cast<double>(running_);
}

void Database::catch_up(Nanos now) {
  if (model_ != DatabaseModel::shared) return;
  if (running_ == 0) {
    served_ = 0;
  } else {
    served_ += static_cast<double>(now - served_at_) * speed();
  }
  served_at_ = now;
}

void Database::run(Nanos now, std::uint32_t load) {
  ++running_;
  loads_[load].running = true;
  const auto work = static_cast<double>(loads_[load].work);
  const double from = model_ == DatabaseModel::shared ? served_ : static_cast<double>(now);
  ends_.push({from + work, ++number_, load});
}

void Database::run_waiting(Nanos now) {
  while (running_ < slots_ && !waiting_.empty()) {
    const auto load = waiting_.front();
    waiting_.pop();
    if (loads_[load].open) {
      run(now, load);
    } else {
      free(load);
    }
  }
}

void Database::find_next_end(Nanos now) {
  while (!ends_.empty() && !loads_[ends_.front().load].open) {
    free(ends_.front().load);
    ends_.pop();
  }
  if (ends_.empty()) {
    next_end_ = k_never;
  } else if (model_ == DatabaseModel::shared) {
    const double left = std::max(0.0, ends_.front().at - served_);
    next_end_ = now + static_cast<Nanos>(std::ceil(left / speed()));
  } else {
    next_end_ = std::max(now, static_cast<Nanos>(ends_.front().at));
  }
}

void Database::free(std::uint32_t load) {
  loads_[load].open = false;
  free_.push_back(load);
}

}  // namespace rcache::stampede
