#include "commands/stampede/output.h"

#include "commands/text_look.h"

#include <algorithm>

#include "commands/text_file.h"

namespace rcache::stampede {
namespace {

std::string rendered(const Report& report, Format format, const Look& look) {
  if (format == Format::json) return json(report);
  if (format == Format::csv) return csv(report);
  return text(report, text_look(look));
}

}  // namespace

Result<void> write_report(Output& output, const Report& report, Format format) {
  auto written = output.write(rendered(report, format, output.look()));
  if (!written && !output.pipe_closed()) return written;
  return {};
}

Result<void> write_page(const std::string& path, const Report& report) {
  if (path.empty()) return {};
  return write_text_file("--html", path, html(report));
}

bool above(const Report& report, std::uint32_t limit) {
  return std::any_of(report.strategies.begin(), report.strategies.end(), [&](const auto& row) {
    return row.peak_range.high > limit || row.unstable_at_seconds;
  });
}

}  // namespace rcache::stampede
