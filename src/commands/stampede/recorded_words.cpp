#include "commands/stampede/recorded_words.h"

#include <fmt/format.h>

#include "commands/stampede/values.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::stampede {
namespace {

constexpr std::size_t k_longest_name = 60;

std::string ttls(const Recorded& recorded, const Scenario& scenario) {
  const auto ttl = format_span(scenario.ttl);
  if (recorded.ttl_given) return fmt::format("Every key lives for {} (--ttl)", ttl);
  if (recorded.keys_with_ttl == 0)
    return fmt::format("The trace tells no TTL: {} is assumed (--ttl)", ttl);
  if (recorded.keys_with_ttl == recorded.keys) return "TTLs are those of the trace";
  return fmt::format("TTLs are those of the trace for {} of {}, else {} (--ttl)",
                     format_count(recorded.keys_with_ttl), counted(recorded.keys, "key"), ttl);
}

std::string left_out(const Recorded& recorded) {
  std::string out;
  const auto add = [&](const std::string& words) { out += (out.empty() ? "" : "; ") + words; };
  if (recorded.polls > 0) {
    add(fmt::format("{} of the recorded program {} left out (--keep-polls)",
                    counted(recorded.polls, "poll"), recorded.polls == 1 ? "is" : "are"));
  }
  if (recorded.written_ahead > 0)
    add(counted(recorded.written_ahead, "write") + " without a read before are left out");
  if (recorded.filtered > 0) add(counted(recorded.filtered, "event") + " of other keys (--match)");
  return out;
}

std::string damage(const Recorded& recorded) {
  std::string out;
  if (recorded.malformed > 0) {
    out = fmt::format("{} of {} could not be read; the first is number {}: {}",
                      format_count(recorded.malformed), counted(recorded.lines, "line"),
                      format_count(recorded.first_malformed), printable(recorded.malformed_why));
  }
  if (recorded.torn_bytes > 0) {
    out += fmt::format("{}The recording was cut off; its last {} are left out",
                       out.empty() ? "" : ". ",
                       format_bytes(static_cast<std::int64_t>(recorded.torn_bytes)));
  }
  return out;
}

}  // namespace

std::string recorded_loads(const Recorded& recorded, const Scenario& scenario) {
  if (recorded.load_time_given) return {};
  if (!recorded.loads) {
    return fmt::format("Nothing tells how long loads take: {} is assumed (--load-time)",
                       to_string(scenario.load_time));
  }
  const auto& known = *recorded.loads;
  const auto source =
      known.given == 0
          ? fmt::format("{} of a read and the write behind it", counted(known.inferred, "pair"))
      : known.inferred == 0 ? std::string("what the trace says")
                            : fmt::format("what the trace says, and {} of a read and a write",
                                          counted(known.inferred, "pair"));
  return fmt::format("Loads took {} (p50), {} (p90), {} (p99), {} (max), by {}",
                     format_span(known.p50_seconds), format_span(known.p90_seconds),
                     format_span(known.p99_seconds), format_span(known.max_seconds), source);
}

std::string recorded_title(const Recorded& recorded) {
  auto out = fmt::format("{}: {} of {} in {}", printable(recorded.name, k_longest_name),
                         counted(recorded.reads, "read"), counted(recorded.keys, "key"),
                         format_span(recorded.seconds));
  if (recorded.seconds > 0)
    out += fmt::format(", {}", format_rate(static_cast<double>(recorded.reads) / recorded.seconds));
  if (recorded.invalidations > 0)
    out += fmt::format("; {}", counted(recorded.invalidations, "removal"));
  return out;
}

std::vector<std::string> recorded_setting(const Recorded& recorded, const Scenario& scenario) {
  std::vector<std::string> out;
  for (auto words : {recorded_loads(recorded, scenario), ttls(recorded, scenario),
                     left_out(recorded), damage(recorded)}) {
    if (!words.empty()) out.push_back(std::move(words));
  }
  out.push_back(fmt::format(
      "Open loop: requests come when they came in the trace, however slow the answers are; keys at "
      "the begin: {}",
      recorded.start));
  return out;
}

}  // namespace rcache::stampede
