#include "trace/intake.h"

namespace rcache::trace {

void Tally::add_malformed(std::string_view why) {
  ++malformed;
  if (!first_malformed) first_malformed = Malformed{lines, std::string(why)};
}

bool Intake::accept(Event& event, std::string_view key) {
  if (match && !match->matches(key)) {
    ++tally.filtered;
    return false;
  }
  event.key = keys.intern(key, event.database);
  ++tally.events;
  return true;
}

void Intake::add_flush(Event event) {
  event.verb = Verb::flush;
  event.key = k_unknown;
  events.push_back(event);
  ++tally.events;
}

}  // namespace rcache::trace
