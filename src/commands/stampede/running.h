#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "commands/flags.h"
#include "stampede/report.h"

namespace rcache::stampede {

/// How a comparison is run and written, whatever it is of.
struct RunOptions {
  Format format = Format::text;
  std::optional<std::uint32_t> threads;
  bool timing = false;
  std::string html;  ///< where a page is written, too; empty: nowhere

  /// One for each processor unless it was typed.
  unsigned threads_or_all() const;
};

void add_timing(Report& report, std::chrono::duration<double> elapsed);

}  // namespace rcache::stampede
