#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "commands/stats/render.h"
#include "commands/stats/report.h"

namespace rcache::stats {

/// What one tick of a watch leaves behind. Empty: unknown, a gap in the sparkline.
struct Tick {
  std::optional<double> hit_ratio;  ///< since the tick before; empty without reads
  std::optional<double> ops_per_second;
  std::optional<double> memory_used_bytes;
  std::optional<double> evicted_per_second;
  std::optional<double> expired_per_second;
};

/// The last ticks of a watch, however long it runs.
class History {
 public:
  explicit History(std::size_t capacity = 512) : capacity_(capacity) {}

  /// In: a report whose window began at the tick before; without one the rates stay empty.
  void add(const StatsReport& report);
  const std::deque<Tick>& ticks() const { return ticks_; }

 private:
  std::size_t capacity_;
  std::deque<Tick> ticks_;
};

/// The screen that `--watch` redraws in place: at most 24 lines, none wider than the terminal.
///
/// In:      `report` is the one that was added to `history` last.
std::string watch_screen(const History& history, const StatsReport& report,
                         const render::TextLook& look);

/// One plain line for each tick, where nothing can be redrawn, and the line above them all.
std::string watch_line_header();
std::string watch_line(const StatsReport& report);

}  // namespace rcache::stats
