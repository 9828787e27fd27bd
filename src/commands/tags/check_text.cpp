#include <fmt/format.h>

#include "commands/tags/words.h"
#include "core/units.h"

namespace rcache::tags {
namespace {

using render::Align;
using render::Tone;

/// "is" or "are", "has" or "have"...
std::string_view verb(std::uint64_t count, std::string_view one, std::string_view many) {
  return count == 1 ? one : many;
}

void fail(render::Screen& screen, const std::string& headline,
          const std::vector<std::string>& lines) {
  add_finding(screen, "FAIL", Tone::fail, headline, lines);
}

void add_outliving(render::Screen& screen, const CheckReport& report) {
  if (report.outliving_members == 0) return;
  fail(screen,
       fmt::format("{} {} {} tag ({})", counted(report.outliving_members, "key"),
                   verb(report.outliving_members, "outlives", "outlive"),
                   verb(report.outliving_members, "its", "their"),
                   counted(report.tags_outlived, "tag")),
       {"When the tag expires, invalidating it does not reach them any more: they are served stale "
        "until their own TTL ends.",
        "Fix: never shorten a tag's TTL when a key is written: EXPIRE tag ttl NX, then EXPIRE tag "
        "ttl GT. Now: rcache invalidate --tag TAG, while the tag is there."});
}

void add_dead(render::Screen& screen, const CheckReport& report) {
  if (report.dead_members == 0) return;
  auto headline = fmt::format("{} in {}", counted(report.dead_members, "dead member"),
                              counted(report.tags_with_dead, "tag"));
  if (report.empty_tags > 0)
    headline += fmt::format(", {} of which {} nothing else", format_count(report.empty_tags),
                            verb(report.empty_tags, "holds", "hold"));
  fail(screen, headline,
       {"They name keys that are gone. No reader notices, but the tags only grow, and every "
        "invalidation works through them.",
        "Fix: rcache tags prune"});
}

void add_no_ttl(render::Screen& screen, const CheckReport& report) {
  if (report.tags_without_ttl == 0) return;
  const auto headline = fmt::format("{} {} no TTL", counted(report.tags_without_ttl, "tag"),
                                    verb(report.tags_without_ttl, "has", "have"));
  if (!report.ttl_expected) {
    add_finding(screen, "ok", Tone::ok, headline, {"That is how this layout keeps them."});
    return;
  }
  fail(screen, headline,
       {fmt::format("Nothing ever removes {0}, and under a volatile-* policy nothing evicts {0}.",
                    verb(report.tags_without_ttl, "it", "them")),
        "Fix: EXPIRE tag ttl NX on each write (GT alone leaves a tag without TTL as it is)"});
}

void add_wrong_types(render::Screen& screen, const CheckReport& report) {
  if (report.wrong_types == 0) return;
  fail(screen,
       fmt::format("{} {} named like a tag, and {} no {}", counted(report.wrong_types, "key"),
                   verb(report.wrong_types, "is", "are"), verb(report.wrong_types, "is", "are"),
                   report.type),
       {"Adding a member to it fails (WRONGTYPE), so what is written is in no tag."});
}

void add_untagged(render::Screen& screen, const CheckReport& report) {
  if (report.pattern.empty()) return;
  const auto pattern = name_text(report.pattern);
  if (!report.untagged_keys) {
    add_finding(screen, "?", Tone::unknown,
                fmt::format("Keys like {} that no tag holds: not all were seen", pattern), {});
    return;
  }
  const auto count = *report.untagged_keys;
  if (count == 0) {
    add_finding(screen, "ok", Tone::ok, fmt::format("Every key like {} is in a tag", pattern), {});
    return;
  }
  std::vector<std::string> lines{"Invalidating a tag never reaches them, for instance:"};
  for (const auto& key : report.untagged_examples) lines.push_back("  " + name_text(key));
  fail(screen,
       fmt::format("{} like {} {} in no tag", counted(count, "key"), pattern,
                   verb(count, "is", "are")),
       lines);
}

void add_worst(render::Screen& screen, const CheckReport& report) {
  if (report.worst.empty()) return;
  render::Table table({{.title = "TAG", .shrinkable = true},
                       {.title = "MEMBERS", .align = Align::right},
                       {.title = "OUTLIVING", .align = Align::right},
                       {.title = "DEAD", .align = Align::right},
                       {.title = "TTL", .align = Align::right}});
  for (const auto& tag : report.worst) {
    if (tag.wrong_type) {
      table.add({name_text(tag.tag), "-", "-", "-", {"no " + report.type, Tone::fail}});
      continue;
    }
    const auto tone_of = [](std::uint64_t count) { return count > 0 ? Tone::fail : Tone::plain; };
    table.add({name_text(tag.tag),
               format_count(tag.members),
               {format_count(tag.outliving), tone_of(tag.outliving)},
               {format_count(tag.dead), tone_of(tag.dead)},
               {ttl_text(tag.ttl_seconds), tag.no_ttl ? Tone::fail : Tone::plain}});
  }
  screen.blank();
  screen.table(table);
}

}  // namespace

std::string check_text(const CheckReport& report, const TextLook& look) {
  render::Screen screen(look);
  screen.paragraph(fmt::format("Checked {} of {} ({})", counted(report.members, "member"),
                               counted(report.tags, "tag"), containers_text(report.containers)),
                   Tone::heading);
  add_incomplete(screen, report.reasons);
  screen.blank();
  add_outliving(screen, report);
  add_dead(screen, report);
  add_no_ttl(screen, report);
  add_wrong_types(screen, report);
  add_untagged(screen, report);
  if (report.unknown_members > 0) {
    add_finding(screen, "?", Tone::unknown,
                fmt::format("{} could not be looked at", counted(report.unknown_members, "member")),
                {});
  }
  const bool healthy = report.findings() == 0 && report.complete();
  if (report.tags == 0 && report.complete()) {
    add_finding(screen, "?", Tone::unknown, "There are no tags: no key is named like that",
                {"Another layout? rcache help layouts"});
  } else if (healthy)
    add_finding(screen, "ok", Tone::ok, "No member is dead, and no key outlives its tag", {});
  add_worst(screen, report);
  screen.blank();
  screen.paragraph(
      fmt::format("This check added {} to the server's keyspace_hits and keyspace_misses",
                  format_count(report.own_lookups)));
  return std::move(screen).take();
}

}  // namespace rcache::tags
