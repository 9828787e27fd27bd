#include <fmt/format.h>

#include <algorithm>

#include "commands/stampede/advise/render.h"
#include "commands/stampede/advise/words.h"
#include "commands/stampede/recorded_words.h"
#include "commands/stampede/values.h"
#include "commands/stampede/words.h"
#include "core/key.h"
#include "core/units.h"
#include "render/screen.h"

namespace rcache::stampede {
namespace {

using render::Screen;
using render::Tone;

constexpr std::size_t k_longest_pattern = 60;

std::string cliff_words(const PatternTtls& ttls) {
  if (ttls.cliffs.empty()) return "no moment in which many expire together";
  const auto& first = ttls.cliffs.front();
  auto out = fmt::format(
      "{}{} expire {} {}", first.at_least ? "at least " : "", format_count(first.keys),
      first.seconds == 1 ? "together at" : fmt::format("within {}s from", first.seconds),
      format_utc(first.at_unix_ms));
  if (ttls.cliffs.size() > 1) out += fmt::format(" ({} more such moments)", ttls.cliffs.size() - 1);
  return out;
}

/// ", 411/s, the hottest key 31% of it"; nothing when nobody listened.
std::string reads_words(const KeyspaceAdvice& advice, const PatternTtls& ttls) {
  if (advice.listened_seconds == 0) return {};
  auto out = ", " + format_rate(advice.rate_of(ttls));
  if (ttls.keys > 1 && ttls.reads.all > 0) {
    out += fmt::format(", the hottest key {} of it",
                       format_ratio(static_cast<double>(ttls.reads.hottest) /
                                    static_cast<double>(ttls.reads.all)));
  }
  return out;
}

void add_traffic(Screen& screen, const KeyspaceAdvice& advice, const KeyspaceLook& look) {
  if (!look.traffic) {
    screen.paragraph(fmt::format("{}: {} requests/s over all of them, {}",
                                 look.rate_assumed ? "Assumed, as --rate was not given" : "Traffic",
                                 format_count(static_cast<std::uint64_t>(advice.rate + 0.5)),
                                 "each pattern by its number of keys, popular as with --zipf"));
    return;
  }
  const auto& heard = *look.traffic;
  screen.paragraph(recorded_title(heard) +
                   (look.traffic_full ? "; then there was no room for more" : ""));
  const auto loads = recorded_loads(heard, look.scenario);
  if (heard.reads > 0 && !loads.empty()) screen.paragraph(loads);
  if (heard.polls > 0) {
    screen.paragraph(fmt::format("{} with which the application waited for a value {} left out",
                                 counted(heard.polls, "read"), heard.polls == 1 ? "is" : "are"));
  }
}

void add_shared_cliffs(Screen& screen, const KeyspaceAdvice& advice) {
  constexpr std::size_t k_shown = 3;
  for (std::size_t at = 0; at < std::min(k_shown, advice.shared_cliffs.size()); ++at) {
    const auto& cliff = advice.shared_cliffs[at];
    std::string names;
    for (const auto& each : cliff.patterns)
      names += (names.empty() ? "" : ", ") + printable(each, k_longest_pattern);
    if (at == 0) screen.blank();
    screen.paragraph(
        fmt::format(
            "{} of {} expire together at {}: {}. A jitter of {} in milliseconds spreads all "
            "of them; below, each has at least that much",
            counted(cliff.keys, "key"), counted(cliff.patterns.size(), "pattern"),
            format_utc(cliff.at_unix_ms), names, format_span(cliff.jitter)),
        Tone::warn);
  }
}

void add_reasons(Screen& screen, const KeyspaceLook& look) {
  if (look.reasons.empty()) return;
  screen.blank();
  screen.paragraph("Not everything was seen", Tone::fail);
  for (const auto& reason : look.reasons) screen.paragraph(printable(reason), Tone::plain, 2);
}

void add_others(Screen& screen, const KeyspaceAdvice& advice) {
  std::uint64_t keys = 0;
  std::uint64_t patterns = 0;
  std::uint64_t unread = 0;
  std::uint64_t unread_keys = 0;
  for (const auto& each : advice.others) {
    const bool read = advice.listened_seconds == 0 || each.reads.all > 0;
    ++(read ? patterns : unread);
    (read ? keys : unread_keys) += each.keys;
  }
  if (patterns + unread > 0) screen.blank();
  if (patterns > 0) {
    screen.paragraph(fmt::format("{} with {} {} not simulated (--top)",
                                 counted(patterns, "more pattern"), counted(keys, "key"),
                                 patterns == 1 ? "was" : "were"));
  }
  if (unread > 0) {
    screen.paragraph(fmt::format("{} with {} {} not read in that time",
                                 counted(unread, "more pattern"), counted(unread_keys, "key"),
                                 unread == 1 ? "was" : "were"));
  }
}

void add_pattern(Screen& screen, const KeyspaceAdvice& advice, const PatternAdvice& each) {
  const auto& ttls = each.ttls;
  screen.paragraph(fmt::format("{}: {}, TTL up to {}{}", printable(ttls.pattern, k_longest_pattern),
                               counted(ttls.keys, "key"), format_span(each.advice.scenario.ttl),
                               reads_words(advice, ttls)),
                   Tone::heading);
  if (ttls.keys > 1) screen.paragraph(cliff_words(ttls), Tone::plain, 2);
  for (const auto& [words, tone] : verdict(each.advice)) screen.paragraph(words, tone, 2);
}

}  // namespace

std::string text(const KeyspaceAdvice& advice, const KeyspaceLook& look,
                 const TextOptions& options) {
  Screen screen({std::max(options.width, k_least_width), options.color, options.charset});
  screen.paragraph(
      fmt::format("{} with a TTL match '{}'; a load takes {}, the database has {}",
                  counted(advice.keys, "key"), printable(look.match, k_longest_pattern),
                  format_span(advice.load_seconds), counted(advice.db_slots, "slot")),
      Tone::heading);
  if (advice.keys == 0) {
    screen.paragraph(advice.without_ttl == 0
                         ? "No key matches: there is nothing to advise on"
                         : counted(advice.without_ttl, "key") +
                               " without a TTL match; they never expire: rcache audit-ttl",
                     Tone::warn);
    add_reasons(screen, look);
    return std::move(screen).take();
  }
  add_traffic(screen, advice, look);
  if (advice.without_ttl > 0)
    screen.paragraph(counted(advice.without_ttl, "key") + " more have no TTL and never expire");
  const double part = advice.floor_loads / advice.db_slots;
  screen.paragraph(fmt::format("Keeping all of them fresh takes {:.2f} of {} at any time",
                               advice.floor_loads, counted(advice.db_slots, "slot")),
                   part > 1 ? Tone::fail : Tone::plain);
  add_shared_cliffs(screen, advice);
  for (const auto& each : advice.patterns) {
    screen.blank();
    add_pattern(screen, advice, each);
  }
  add_others(screen, advice);
  add_reasons(screen, look);
  return std::move(screen).take();
}

}  // namespace rcache::stampede
