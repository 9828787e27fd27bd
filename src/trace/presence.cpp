#include "trace/presence.h"

namespace rcache::trace {

Presence::Presence(std::uint32_t keys) : keys_(keys), flushed_(std::size_t{k_all_databases} + 1) {}

Presence::State Presence::at(std::uint32_t key, std::int64_t now_ns) const {
  const auto& known = keys_[key];
  if (is_deleted(known)) return State::absent;
  if (known.last_set_ns == k_never) return State::unknown;
  return now_ns < known.until_ns ? State::present : State::absent;
}

void Presence::take(const Event& event) {
  ++events_;
  if (event.verb == Verb::flush) {
    flushed_[event.database] = events_;
    return;
  }
  auto& known = keys_[event.key];
  known.database = event.database;
  const auto until =
      event.ttl_ms == k_no_ttl ? k_always : event.time_ns + std::int64_t{event.ttl_ms} * 1'000'000;
  switch (event.verb) {
    case Verb::set:
      if (event.ttl_ms != k_same_ttl) {
        known.until_ns = until;
      } else if (is_deleted(known) || known.until_ns <= event.time_ns) {
        known.until_ns = k_always;  // there was no time to live left to keep
      }
      known.last_set_ns = event.time_ns;
      known.deleted = false;
      known.changed = events_;
      break;
    case Verb::expire:
      if (event.ttl_ms != k_same_ttl) known.until_ns = until;
      break;
    case Verb::persist:
      if (known.until_ns > event.time_ns) known.until_ns = k_always;
      break;
    case Verb::del:
      known.deleted = true;
      known.changed = events_;
      break;
    default:
      break;
  }
}

}  // namespace rcache::trace
