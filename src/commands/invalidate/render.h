#pragma once

#include <string>

#include "commands/invalidate/plan.h"
#include "commands/invalidate/receipt.h"
#include "render/style.h"

namespace rcache::invalidate {

struct TextLook {
  std::size_t width = 80;
  render::Color color = render::Color::off;
  render::Charset charset = render::Charset::unicode;
};

/// The plan as a person reads it before a question: target, numbers, groups, TTL classes, examples.
std::string plan_text(const Plan& plan, const TextLook& look);

/// The receipt as a person reads it.
std::string receipt_text(const Receipt& receipt, const TextLook& look);

/// The document "rcache.invalidate/1".
std::string receipt_json(const Receipt& receipt);

/// What a progress line is made of.
struct Progress {
  std::string_view verb = "removed";  ///< "matched" in a plan, "expiring" with --spread
  std::uint64_t keys = 0;
  std::uint64_t scanned = 0;
  std::uint64_t total = 0;     ///< keys of the keyspace; 0: unknown
  double keys_per_second = 0;  ///< scanned
  std::optional<std::chrono::milliseconds> eta = {};
  std::string_view held_by = {};  ///< "--rate"; empty when nothing holds it back
};

/// One line, at most `width` columns.
std::string progress_line(const Progress& progress, std::size_t width);

}  // namespace rcache::invalidate
