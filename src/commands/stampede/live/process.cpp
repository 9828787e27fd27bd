#include "commands/stampede/live/process.h"

namespace rcache::stampede::live {
namespace {

/// Takes the line out of the map and tells everybody in it how it ended.
void tell_all(Run& run, const Ask& ask, Parked::Word word) {
  auto& lines = run.lines();
  const auto found = lines.find(Run::owner_of(ask));
  if (found == lines.end()) return;
  const auto line = std::move(found->second);
  lines.erase(found);
  for (const auto& parked : line) parked->wake(word);
}

}  // namespace

asio::awaitable<Entered> enter_mutex(RunPtr run, AskPtr ask) {
  const auto [line, is_free] = run->lines().try_emplace(Run::owner_of(*ask));
  if (is_free) co_return Entered::yes;
  const auto parked = run->parked();
  line->second.push_back(parked);
  const bool woken = co_await run->park(parked);
  if (!woken) co_return Entered::run_over;
  co_return parked->word == Parked::Word::good ? Entered::yes : Entered::process_died;
}

void leave_mutex(Run& run, const Ask& ask) {
  auto& lines = run.lines();
  const auto found = lines.find(Run::owner_of(ask));
  if (found == lines.end()) return;
  auto& line = found->second;
  if (line.empty()) {
    lines.erase(found);
    return;
  }
  const auto next = line.front();
  line.pop_front();
  next->wake(Parked::Word::good);
}

void end_process(Run& run, const Ask& ask) {
  tell_all(run, ask, Parked::Word::bad);
}

bool take_off(Run& run, const Ask& ask) {
  return run.lines().try_emplace(Run::owner_of(ask)).second;
}

void land(Run& run, const Ask& ask, Landing landing) {
  tell_all(run, ask, landing == Landing::with_value ? Parked::Word::good : Parked::Word::bad);
}

asio::awaitable<std::optional<Landing>> wait_for_flight(RunPtr run, AskPtr ask) {
  const auto parked = run->parked();
  run->lines()[Run::owner_of(*ask)].push_back(parked);
  const bool woken = co_await run->park(parked);
  if (!woken) co_return std::nullopt;
  co_return parked->word == Parked::Word::good ? Landing::with_value : Landing::with_error;
}

}  // namespace rcache::stampede::live
