#pragma once

#include <string>

#include "commands/invalidate/receipt.h"
#include "render/style.h"

namespace rcache::invalidate {

/// What became of a run, in one line.
struct Verdict {
  std::string words;
  render::Tone tone = render::Tone::plain;
  std::string next;  ///< what to do now; empty when there is nothing to do
};

/// "removed 120 of 123 matching keys found so far, then stopped: --max-time".
Verdict verdict_of(const Receipt& receipt);

}  // namespace rcache::invalidate
