#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "render/style.h"
#include "stampede/report.h"

namespace rcache::stampede {

/// A comparison needs so many columns.
inline constexpr std::size_t k_least_width = 40;

/// "one-hot-key: 1 key that expires every 60s, 500 requests/s"
std::string title(const Report& report);

/// The rest of what was assumed, a line each.
std::vector<std::string> setting(const Report& report);

/// What the comparison comes to: what happens without a guard, and what helps.
std::vector<std::pair<std::string, render::Tone>> verdict(const Report& report);

/// How to read the table.
std::string legend(const Report& report, render::Charset charset);

}  // namespace rcache::stampede
