#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "trace/event.h"

namespace rcache::trace {

/// Which keys were in the cache, as far as a trace of commands without replies tells.
class Presence {
 public:
  explicit Presence(std::uint32_t keys);

  enum class State { unknown, present, absent };
  State at(std::uint32_t key, std::int64_t now_ns) const;
  /// When it was set last; k_never when it was not.
  std::int64_t last_set_ns(std::uint32_t key) const { return keys_[key].last_set_ns; }

  /// After everything that asks about the state before this event.
  void take(const Event& event);

  static constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t k_always = std::numeric_limits<std::int64_t>::max();

 private:
  struct Known {
    std::int64_t last_set_ns = k_never;
    std::int64_t until_ns = k_always;
    std::uint64_t changed = 0;  ///< the event that set or deleted it last
    std::uint16_t database = 0;
    bool deleted = false;
  };
  bool is_deleted(const Known& known) const {
    return known.deleted || flushed_[known.database] > known.changed ||
           flushed_[k_all_databases] > known.changed;
  }

  std::vector<Known> keys_;
  std::vector<std::uint64_t> flushed_;  ///< the last flush of each database
  std::uint64_t events_ = 0;
};

}  // namespace rcache::trace
