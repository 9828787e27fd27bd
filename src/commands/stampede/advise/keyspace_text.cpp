#include <fmt/format.h>

#include <algorithm>

#include "commands/stampede/advise/render.h"
#include "commands/stampede/advise/words.h"
#include "commands/stampede/values.h"
#include "core/key.h"
#include "core/units.h"
#include "render/screen.h"

namespace rcache::stampede {
namespace {

using render::Screen;
using render::Tone;

constexpr std::size_t k_least_width = 40;
constexpr std::size_t k_longest_pattern = 60;

std::string count(std::uint64_t number) {
  return format_count(static_cast<std::int64_t>(number));
}

std::string keys_words(std::uint64_t number) {
  return count(number) + (number == 1 ? " key" : " keys");
}

std::string slots_words(std::uint32_t slots) {
  return slots == 1 ? std::string("1 slot") : count(slots) + " slots";
}

std::string cliff_words(const PatternTtls& ttls) {
  if (ttls.cliffs.empty()) return "no moment in which many expire together";
  const auto& first = ttls.cliffs.front();
  auto out = fmt::format(
      "{}{} expire {} {}", first.at_least ? "at least " : "", count(first.keys),
      first.seconds == 1 ? "together at" : fmt::format("within {}s from", first.seconds),
      format_utc(first.at_unix_ms));
  if (ttls.cliffs.size() > 1) out += fmt::format(" ({} more such moments)", ttls.cliffs.size() - 1);
  return out;
}

void add_pattern(Screen& screen, const PatternAdvice& each) {
  const auto& ttls = each.ttls;
  screen.paragraph(fmt::format("{}: {}, TTL up to {}", printable(ttls.pattern, k_longest_pattern),
                               keys_words(ttls.keys), format_span(each.advice.scenario.ttl)),
                   Tone::heading);
  screen.paragraph(cliff_words(ttls), Tone::plain, 2);
  for (const auto& [words, tone] : verdict(each.advice)) screen.paragraph(words, tone, 2);
}

}  // namespace

std::string text(const KeyspaceAdvice& advice, const KeyspaceLook& look,
                 const TextOptions& options) {
  Screen screen({std::max(options.width, k_least_width), options.color, options.charset});
  screen.paragraph(fmt::format("{} with a TTL match '{}'; a load takes {}, the database has {}",
                               keys_words(advice.keys), printable(look.match, k_longest_pattern),
                               format_span(advice.load_seconds), slots_words(advice.db_slots)),
                   Tone::heading);
  if (advice.keys == 0) {
    screen.paragraph(advice.without_ttl == 0
                         ? "No key matches: there is nothing to advise on"
                         : keys_words(advice.without_ttl) +
                               " without a TTL match; they never expire: rcache audit-ttl",
                     Tone::warn);
    return std::move(screen).take();
  }
  screen.paragraph(fmt::format("{}: {} requests/s over all of them, {}",
                               look.rate_assumed ? "Assumed, as --rate was not given" : "Traffic",
                               count(static_cast<std::uint64_t>(advice.rate + 0.5)),
                               "each pattern by its number of keys, popular as with --zipf"));
  if (advice.without_ttl > 0)
    screen.paragraph(keys_words(advice.without_ttl) + " more have no TTL and never expire");
  const double part = advice.floor_loads / advice.db_slots;
  screen.paragraph(fmt::format("Keeping all of them fresh takes {:.2f} of {} at any time",
                               advice.floor_loads, slots_words(advice.db_slots)),
                   part > 1 ? Tone::fail : Tone::plain);
  for (const auto& each : advice.patterns) {
    screen.blank();
    add_pattern(screen, each);
  }
  if (!advice.others.empty()) {
    screen.blank();
    std::uint64_t keys = 0;
    for (const auto& each : advice.others) keys += each.keys;
    screen.paragraph(fmt::format("{} more patterns with {} were not simulated (--top)",
                                 advice.others.size(), keys_words(keys)));
  }
  if (!look.reasons.empty()) {
    screen.blank();
    screen.paragraph("Not every key was seen", Tone::fail);
    for (const auto& reason : look.reasons) screen.paragraph(printable(reason), Tone::plain, 2);
  }
  return std::move(screen).take();
}

}  // namespace rcache::stampede
