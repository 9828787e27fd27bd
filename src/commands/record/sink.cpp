#include "commands/record/sink.h"

#include <algorithm>

namespace rcache::record {
namespace {

constexpr std::size_t k_enough_events = 32'768;
constexpr std::size_t k_block_bytes = std::size_t{64} << 10U;
/// The end of the file always has room.
constexpr std::uint64_t k_end_bytes = 4096;
/// Numbers of keys are only needed within a block: their table need not grow without end.
constexpr std::uint32_t k_most_keys = 1'000'000;

}  // namespace

Result<Room> Sink::flush(Amount amount) {
  auto& events = intake_.events;
  if (amount == Amount::when_enough && events.size() < k_enough_events) return Room::left;
  const auto earlier = [](const trace::Event& a, const trace::Event& b) {
    return a.time_ns < b.time_ns;
  };
  if (!std::is_sorted(events.begin(), events.end(), earlier))
    std::stable_sort(events.begin(), events.end(), earlier);
  auto room = Room::left;
  for (const auto& event : events) {
    if (!writer_.add(event)) {
      ++left_out_;
      continue;
    }
    ++in_block_[static_cast<std::size_t>(event.verb)];
    if (writer_.open_bytes() < k_block_bytes) continue;
    auto written = write_block();
    if (!written) return written;
    room = *written;
    if (room == Room::none) break;
  }
  if (room == Room::left) {
    auto written = write_block();
    if (!written) return written;
    room = *written;
  }
  events.clear();
  if (intake_.keys.size() > k_most_keys) intake_.keys.clear();
  return room;
}

Result<Room> Sink::write_block() {
  const auto block = writer_.take_block();
  const auto counts = std::exchange(in_block_, {});
  if (file_.bytes() + block.size() + k_end_bytes > max_bytes_) return Room::none;
  if (auto appended = file_.append(block); !appended) return fail(std::move(appended).error());
  for (std::size_t verb = 0; verb < counts.size(); ++verb) {
    verbs_[verb] += counts[verb];
    written_ += counts[verb];
  }
  return Room::left;
}

}  // namespace rcache::record
