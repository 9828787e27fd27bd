#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "commands/record/render.h"
#include "core/key.h"
#include "core/units.h"
#include "render/layout.h"
#include "render/screen.h"

namespace rcache::record {
namespace {

using render::Screen;
using render::Tone;
using trace::Verb;

constexpr std::size_t k_shown_bytes = 256;

std::string bytes(std::uint64_t count) {
  return format_bytes(static_cast<std::int64_t>(count));
}

/// Why it ended, for a person.
std::string end_of(const RecordReport& report) {
  switch (report.captured.end) {
    case CaptureEnd::time:
      return "the time was over (--for)";
    case CaptureEnd::full:
      return "the file is full (--max-bytes)";
    case CaptureEnd::interrupted:
      return "interrupted; the file is whole";
    case CaptureEnd::cannot_keep_up:
      return "stopped to spare the server: " + report.captured.detail;
    default:
      return report.captured.detail;
  }
}

std::string verbs_of(const RecordReport& report) {
  const auto of = [&](Verb verb) { return report.verbs[static_cast<std::size_t>(verb)]; };
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, std::string_view one, std::string_view several) {
    if (count > 0)
      parts.push_back(fmt::format("{} {}", format_count(count), count == 1 ? one : several));
  };
  add(of(Verb::get) + of(Verb::look), "read", "reads");
  add(of(Verb::set), "write", "writes");
  add(of(Verb::add), "SET NX", "SET NX");
  add(of(Verb::update), "update", "updates");
  add(of(Verb::del), "removal", "removals");
  add(of(Verb::expire) + of(Verb::persist), "TTL change", "TTL changes");
  add(of(Verb::flush), "flush", "flushes");
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out.empty() ? "none" : out;
}

void item(Screen& screen, std::string_view label, std::string_view words) {
  screen.beside(render::pad(label, Screen::k_label_width), Screen::k_label_width, words);
}

void add_nodes(Screen& screen, const RecordReport& report) {
  std::int64_t behind = 0;
  for (const auto& node : report.captured.nodes) behind = std::max(behind, node.most_behind_ms);
  // A quarter of a second is what two looks are apart.
  if (behind >= 1000) {
    item(screen, "Behind",
         fmt::format("at most {}: the server waited for this program",
                     format_duration(std::chrono::milliseconds(behind))));
  }
  if (report.captured.nodes.size() > 1) {
    for (const auto& node : report.captured.nodes) {
      item(screen, &node == &report.captured.nodes.front() ? "Servers" : "",
           fmt::format("{}: {}{}", printable(node.address), counted(node.lines, "line"),
                       node.error.empty() ? "" : "; " + printable(node.error)));
    }
  }
  for (const auto& gap : report.captured.gaps)
    item(screen, "Missing", printable(gap, 2 * k_shown_bytes));
}

}  // namespace

std::string_view to_string(CaptureEnd end) {
  switch (end) {
    case CaptureEnd::time:
      return "time";
    case CaptureEnd::full:
      return "max-bytes";
    case CaptureEnd::interrupted:
      return "interrupted";
    case CaptureEnd::cannot_keep_up:
      return "cannot-keep-up";
    case CaptureEnd::connection_lost:
      return "connection-lost";
    case CaptureEnd::failed:
      return "output";
  }
  return {};
}

std::string text(const RecordReport& report, const TextLook& look) {
  Screen screen(look);
  const auto file = printable(report.file, k_shown_bytes);
  screen.paragraph(
      fmt::format("{}{} in {} to {}",
                  report.captured.complete() ? "Recorded " : "INCOMPLETE: recorded ",
                  counted(report.events, "event"), format_duration(report.captured.elapsed), file),
      report.captured.complete() ? Tone::ok : Tone::fail);
  screen.blank();
  item(screen, "Ended", printable(end_of(report), 2 * k_shown_bytes));
  item(screen, "Commands", verbs_of(report));
  if (report.other > 0) {
    item(screen, "Left out", counted(report.other, "command") + " that read or change no key");
  }
  if (report.filtered > 0) {
    item(screen, "Not matched", counted(report.filtered, "event") + " (--match)");
  }
  if (report.malformed > 0) {
    item(screen, "Not read", counted(report.malformed, "line") + " that made no sense");
  }
  const auto each = report.events == 0 ? std::string()
                                       : fmt::format(", {:.1f} bytes an event",
                                                     static_cast<double>(report.file_bytes) /
                                                         static_cast<double>(report.events));
  item(
      screen, "File",
      fmt::format("{}{}; {}, no values", bytes(report.file_bytes), each,
                  report.plain_keys ? "with key names" : "keys hashed with a secret that is gone"));
  add_nodes(screen, report);
  item(screen, "Cost",
       "a server under MONITOR loses about 12% of its throughput to single reads, and "
       "half or more to pipelined commands, until the recording ends");
  if (report.events > 0) {
    screen.blank();
    screen.paragraph("Next: rcache stampede replay " + file, Tone::plain);
  }
  return std::move(screen).take();
}

}  // namespace rcache::record
