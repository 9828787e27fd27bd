#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/audit_ttl/options.h"
#include "core/error.h"
#include "core/glob_list.h"
#include "core/key_prefix.h"

namespace rcache::audit_ttl {

/// Which keys are audited, and which must never be changed. The server's own matching is only a
/// first sieve.
class Choice {
 public:
  /// In:      `protect` of the profile, besides --protect. The key prefix is put before all globs.
  /// Errors:  usage, naming the argument.
  static Result<Choice> make(const Options& options, const std::vector<std::string>& protect,
                             const KeyPrefix& prefix);

  bool audited(std::string_view key) const {
    return (patterns_.empty() || patterns_.matches(key)) && !exclude_.matches(key);
  }
  bool is_protected(std::string_view key) const { return protect_.matches(key); }

  /// True when it is every key of the database.
  bool is_everything() const { return patterns_.empty() && exclude_.empty(); }

  const GlobList& patterns() const { return patterns_; }

  /// Doubts about the globs, a line each.
  std::vector<std::string> doubts() const;

 private:
  GlobList patterns_;
  GlobList exclude_;
  GlobList protect_;
};

}  // namespace rcache::audit_ttl
