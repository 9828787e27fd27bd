#pragma once

#include <cstddef>
#include <string>

#include "render/style.h"
#include "stampede/report.h"

namespace rcache::stampede {

using TextOptions = render::TextLook;

/// The comparison on one screen: the verdict, then a line per strategy, best first.
std::string text(const Report& report, const TextOptions& options);

/// One self-contained web page with a chart per strategy of loads, latency and stampede sizes.
std::string html(const Report& report);

/// "rcache.stampede/1".
std::string json(const Report& report);

/// A header, and a row per strategy, best first; of a sweep, a row per value and strategy.
std::string csv(const Report& report);

}  // namespace rcache::stampede
