#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/invalidate/options.h"
#include "core/error.h"
#include "core/glob_list.h"
#include "core/key_prefix.h"
#include "redis/deployment.h"

namespace rcache::invalidate {

enum class Verdict {
  other,  ///< not meant
  kept,   ///< meant, but --protect keeps it
  selected
};

/// Which keys are meant. The server's matching is only a first sieve: every key is judged here once
/// more before it is touched.
class Selection {
 public:
  /// In:      what was typed; `protect` of the profile besides. The key prefix is put before all
  /// globs. Errors:  usage, naming the argument.
  static Result<Selection> make(const Options& options, const std::vector<std::string>& protect,
                                const KeyPrefix& prefix);

  /// A key that a scan brought.
  Verdict judge(std::string_view key) const;

  /// A key that a tag names: it need not match a pattern.
  Verdict judge_member(std::string_view key) const;

  bool has_patterns() const { return !patterns_.empty(); }

  /// What SCAN is to match: the pattern, or what all of several have in common. Empty: every key.
  std::string scan_match() const { return patterns_.scan_match(); }

  /// The keys that are meant, when no pattern has anything special in it; else empty.
  std::vector<std::string> plain_keys() const { return patterns_.plain_keys(); }

  /// The slots that all matches are in, when every pattern has a literal hash tag or is a plain
  /// key.
  std::optional<redis::SlotSet> slots() const;

  /// Doubts about the patterns, a line each.
  std::vector<std::string> doubts() const;

 private:
  GlobList patterns_;
  GlobList exclude_;
  GlobList protect_;
};

}  // namespace rcache::invalidate
