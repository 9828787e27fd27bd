#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "stampede/scenario.h"

namespace rcache::stampede {

/// A scenario that is known to hurt.
struct Preset {
  std::string_view name;
  std::string_view shows;  ///< what goes wrong in it, in one sentence
  Scenario scenario;       ///< its name is the preset's
};

std::span<const Preset> presets();

/// Null for a name that is none.
const Preset* preset_named(std::string_view name);

}  // namespace rcache::stampede
