#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "stampede/scenario.h"
#include "stampede/strategy.h"

namespace rcache::stampede {

/// What is to be simulated, before the flags have their say.
struct Plan {
  Scenario scenario;
  std::vector<Strategy> strategies;  ///< empty: all
  std::uint32_t runs = 1;
  std::optional<std::uint32_t> fail_above;
};

/// Reads a scenario file.
///
/// In:      TOML without tables: every parameter by its flag's name (`load-time = "exp:50ms"`), and
///          `name`, `preset` (what the file changes), `strategy` (a list or "all"), `runs`,
///          `fail-above`.
/// Errors:  usage, with file, line and column.
Result<Plan> parse_scenario(std::string_view text, const std::string& file_name);

/// The same of a file.
Result<Plan> read_scenario(const std::string& path);

}  // namespace rcache::stampede
