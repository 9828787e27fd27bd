#include <fmt/format.h>

#include "commands/tags/words.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::tags {
namespace {

using render::Align;
using render::Tone;

}  // namespace

std::string tags_text(const std::vector<TagRow>& rows, const std::vector<std::string>& containers,
                      const std::vector<std::string>& reasons, const TextLook& look) {
  render::Screen screen(look);
  add_incomplete(screen, reasons);
  if (rows.empty()) {
    screen.paragraph(fmt::format("No tags: no key is named like {}", containers_text(containers)));
    return std::move(screen).take();
  }
  render::Table table({{.title = "TAG", .shrinkable = true},
                       {.title = "TYPE"},
                       {.title = "MEMBERS", .align = Align::right},
                       {.title = "TTL", .align = Align::right},
                       {.title = "KEY", .shrinkable = true, .optional = true}});
  for (const auto& row : rows) {
    table.add({name_text(row.tag),
               {printable(row.type, 32), row.members ? Tone::plain : Tone::fail},
               row.members ? format_count(*row.members) : std::string("-"),
               {ttl_text(row.ttl_seconds), row.ttl_seconds ? Tone::plain : Tone::warn},
               name_text(row.key)});
  }
  screen.table(table);
  screen.blank();
  screen.paragraph(
      fmt::format("{} ({})", counted(rows.size(), "tag"), containers_text(containers)));
  return std::move(screen).take();
}

std::string row_text(const MemberRow& row, const TextLook& look) {
  const bool dead = row.exists && !*row.exists;
  const auto ttl = row.exists && *row.exists ? ttl_text(row.ttl_seconds) : std::string("-");
  const auto* state = !row.exists ? "unknown" : dead ? "dead" : row.outlives_tag ? "outlives" : "";
  const auto tone = dead ? Tone::fail : row.outlives_tag ? Tone::warn : Tone::plain;
  // The widths do not depend on other rows: of a million members the first is written at once.
  const auto first = fmt::format("{:>9}  {:<8}", ttl, state);
  return render::paint(first, tone, look.color) + "  " +
         (row.key.empty() ? std::string("\"\"") : printable(row.key)) + "\n";
}

std::string shown_head_text(const ShownTag& shown, const TextLook& look) {
  render::Screen screen(look);
  if (!shown.key) {
    screen.paragraph(fmt::format("There is no tag '{}'", name_text(shown.tag)));
    return std::move(screen).take();
  }
  screen.paragraph(
      fmt::format("Tag {}: key {}, {}", name_text(shown.tag), name_text(*shown.key),
                  shown.ttl_seconds ? "expires in " + format_seconds(*shown.ttl_seconds)
                                    : std::string("without TTL")),
      Tone::heading);
  screen.blank();
  auto text = std::move(screen).take();
  return text +
         render::paint(fmt::format("{:>9}  {:<8}  KEY", "TTL", ""), Tone::heading, look.color) +
         "\n";
}

std::string shown_rest_text(const ShownTag& shown, const std::vector<std::string>& reasons,
                            const TextLook& look) {
  render::Screen screen(look);
  if (!shown.key) {
    add_incomplete(screen, reasons);
    return std::move(screen).take();
  }
  screen.blank();
  add_incomplete(screen, reasons);
  auto words = fmt::format("{}: {} live, {} dead",
                           counted(shown.live + shown.dead + shown.unknown, "member"),
                           format_count(shown.live), format_count(shown.dead));
  if (shown.unknown > 0) words += fmt::format(", {} unknown", format_count(shown.unknown));
  screen.paragraph(words);
  if (shown.outliving > 0) {
    screen.paragraph(
        fmt::format("{} of them outlive the tag: when it expires, invalidating it does not "
                    "reach them any more",
                    format_count(shown.outliving)),
        Tone::warn);
  }
  return std::move(screen).take();
}

std::string of_text(std::string_view key, const std::vector<std::string>& tags,
                    const std::vector<std::string>& reasons, const TextLook& look) {
  render::Screen screen(look);
  std::string lines;
  for (const auto& tag : tags) lines += (tag.empty() ? "\"\"" : printable(tag)) + "\n";
  add_incomplete(screen, reasons);
  if (tags.empty()) screen.paragraph(fmt::format("No tag holds {}", name_text(key)));
  return lines + std::move(screen).take();
}

std::string prune_text(const PruneReport& report, const TextLook& look) {
  render::Screen screen(look);
  add_incomplete(screen, report.reasons);
  const auto looked = fmt::format("looked at {} of {}", counted(report.members, "member"),
                                  counted(report.tags, "tag"));
  if (report.dry_run) {
    screen.paragraph(fmt::format("Would remove {} from {}; {}",
                                 counted(report.dead_members, "dead member"),
                                 counted(report.tags_with_dead, "tag"), looked));
  } else {
    screen.paragraph(fmt::format("Removed {} from {}; {}",
                                 counted(report.removed_members, "dead member"),
                                 counted(report.tags_with_dead, "tag"), looked));
  }
  if (report.kept > 0)
    screen.paragraph(
        fmt::format("Kept {}: the keys came back meanwhile", counted(report.kept, "member")));
  if (report.already > 0)
    screen.paragraph(
        fmt::format("{} had been removed by somebody else", counted(report.already, "member")));
  if (report.failed > 0)
    screen.paragraph(fmt::format("Could not remove {}", counted(report.failed, "member")),
                     Tone::fail);
  if (report.protected_tags > 0) {
    screen.paragraph(fmt::format("Left {} alone: the profile protects them",
                                 counted(report.protected_tags, "tag")));
  }
  if (report.between_slots) {
    screen.paragraph(
        "Tags and members lie in different slots: there a key was looked for right before "
        "and after, and its member put back when it had come back");
  }
  return std::move(screen).take();
}

}  // namespace rcache::tags
