#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "commands/restore/render.h"
#include "core/key.h"
#include "core/units.h"
#include "render/layout.h"
#include "render/screen.h"

namespace rcache::restore {
namespace {

using render::Align;
using render::Screen;
using render::Tone;

constexpr std::size_t k_shown_bytes = 256;

void item(Screen& screen, std::string_view head, std::string_view words) {
  screen.beside(head, head.size(), words);
}

/// Records that the run did not come to.
std::uint64_t untouched(const RestoreReport& report) {
  const auto touched = report.restored + report.existing + report.expired + report.superseded +
                       report.filtered + report.failed;
  const auto all = report.records + report.damaged;
  return all > touched ? all - touched : 0;
}

bool cut_short(const RestoreReport& report) {
  return report.reason != "done" && report.reason != "dry-run" && report.reason != "failed-records";
}

std::string verdict(const RestoreReport& report) {
  const auto wanted = report.records - report.superseded - report.filtered;
  const auto words = fmt::format(
      "{} {} of {} from {}", report.dry_run ? "would restore" : "restored",
      format_count(report.restored), counted(wanted, "key"), printable(report.file, k_shown_bytes));
  const auto end = report.dry_run ? std::string(" (dry run: nothing was written)")
                                  : fmt::format(" in {}", format_duration(report.elapsed));
  if (!report.complete) return "INCOMPLETE: " + words + end;
  auto out = words + end;
  out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

struct Line {
  std::uint64_t count;
  std::string words;
};

void add_counts(Screen& screen, const RestoreReport& report) {
  const bool dry = report.dry_run;
  std::vector<Line> lines{
      {report.existing, report.replace ? "exist already"
                        : dry          ? "exist already: would be left alone"
                                       : "exist already: left alone (--replace overwrites them)"},
      {report.expired, "would have expired meanwhile: left out"},
      {report.filtered, "not matched by --match"},
      {report.superseded, "older records of keys that the file holds again"},
      {report.tag_members, dry ? "tag members would be put back" : "tag members put back"},
      {untouched(report), "not tried"},
  };
  std::erase_if(lines, [](const Line& line) { return line.count == 0; });
  if (lines.empty()) return;
  std::size_t width = 0;
  for (const auto& line : lines) width = std::max(width, format_count(line.count).size());
  screen.blank();
  for (const auto& line : lines)
    item(screen, "  " + render::pad(format_count(line.count), width, Align::right) + "  ",
         line.words);
}

void add_failures(Screen& screen, const RestoreReport& report) {
  if (report.failures.empty()) return;
  screen.blank();
  screen.paragraph("Not restored:", Tone::heading);
  for (const auto& failure : report.failures) {
    const auto what =
        failure.key.empty() ? std::string("damaged record") : printable(failure.key, k_shown_bytes);
    item(screen, fmt::format("  at byte {}: ", format_count(failure.offset)),
         fmt::format("{}: {}", what, printable(failure.why, k_shown_bytes)));
  }
  if (report.failed > report.failures.size())
    item(screen, "  ",
         fmt::format("and {} more", format_count(report.failed - report.failures.size())));
}

void add_notes(Screen& screen, const RestoreReport& report) {
  if (!report.ended || report.torn_bytes > 0) screen.blank();
  if (!report.ended) {
    screen.paragraph("Note: the run that wrote the file was cut off; everything before is whole.");
  }
  if (report.torn_bytes > 0) {
    screen.paragraph(fmt::format("Note: the file ends within a record ({}), which is left out.",
                                 format_bytes(static_cast<std::int64_t>(report.torn_bytes))));
  }
}

}  // namespace

std::string text(const RestoreReport& report, const TextLook& look) {
  Screen screen(look);
  screen.paragraph(verdict(report), report.complete ? Tone::ok : Tone::fail);
  for (const auto& reason : report.reasons)
    item(screen, "  ", printable(reason, 2 * k_shown_bytes));
  if (report.reason == "interrupted") item(screen, "  ", "interrupted");
  add_counts(screen, report);
  add_failures(screen, report);
  add_notes(screen, report);
  if (cut_short(report)) {
    screen.blank();
    screen.paragraph(report.replace
                         ? "The same command again begins from the start."
                         : "The same command again goes on: keys that are back are left alone.");
  }
  return std::move(screen).take();
}

}  // namespace rcache::restore
