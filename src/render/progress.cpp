#include "render/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/key.h"
#include "core/units.h"

namespace rcache::render {
namespace {

/// "45% of ~1,000,000", or how many were scanned when nobody knows of how many.
std::string scanned_part(const Progress& progress) {
  const auto count = [](std::uint64_t keys) { return format_count(keys); };
  if (progress.total == 0) return count(progress.scanned) + " scanned";
  // The keyspace grows and batches repeat keys: only the end of the run is 100%.
  const auto percent = std::min(
      100 * static_cast<double>(progress.scanned) / static_cast<double>(progress.total), 99.0);
  return fmt::format("{}% of ~{} scanned", static_cast<int>(percent), count(progress.total));
}

}  // namespace

std::string progress_line(const Progress& progress, std::size_t width) {
  std::vector<std::string> parts{scanned_part(progress)};
  if (progress.keys_per_second > 0) parts.push_back(format_rate(progress.keys_per_second));
  if (progress.eta) {
    parts.push_back("ETA " +
                    format_duration(std::chrono::ceil<std::chrono::seconds>(*progress.eta)));
  }
  if (!progress.held_by.empty()) {
    parts.push_back(fmt::format("(held by {})", printable(progress.held_by)));
  }
  auto line = shorten(fmt::format("{} {} key{}", progress.verb, format_count(progress.keys),
                                  progress.keys == 1 ? "" : "s"),
                      width, "");
  for (const auto& part : parts) {
    if (display_width(line) + 2 + display_width(part) > width) break;
    line.append("  ").append(part);
  }
  return line;
}

}  // namespace rcache::render
