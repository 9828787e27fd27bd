#pragma once

#include <cstddef>
#include <string>

#include "commands/record/report.h"
#include "render/style.h"

namespace rcache::record {

struct TextLook {
  std::size_t width = 80;  ///< no line is wider
  render::Color color = render::Color::off;
};

/// The report for a person.
std::string text(const RecordReport& report, const TextLook& look);

/// The document "rcache.record/1".
std::string json(const RecordReport& report);

}  // namespace rcache::record
