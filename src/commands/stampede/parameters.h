#pragma once

#include <span>
#include <string_view>

#include "core/error.h"
#include "stampede/scenario.h"

namespace rcache::stampede {

/// One parameter of a scenario: a flag of the command line and a key of a scenario file.
struct Parameter {
  std::string_view name;  ///< "db-slots"
  std::string_view type;  ///< what its value is, in capitals; empty for a switch
  std::string_view group;
  std::string_view help;
  /// Reads the value into the scenario. For a switch the text is "true" or "false".
  /// Errors:  usage, in words that follow the parameter's name.
  Result<void> (*set)(Scenario& scenario, std::string_view text);
};

/// All of them, in the order of help.
std::span<const Parameter> parameters();

/// Null for a name that is none. `-` and `_` are alike.
const Parameter* parameter_named(std::string_view name);

}  // namespace rcache::stampede
