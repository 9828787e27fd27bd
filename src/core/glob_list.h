#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/glob.h"
#include "core/key_prefix.h"

namespace rcache {

/// Several globs as one choice of keys: those that at least one of them matches.
class GlobList {
 public:
  /// The key prefix is put before each.
  /// In:      `what` names them in errors: "pattern", "--exclude".
  /// Errors:  usage, of what was typed, not of what became of it.
  static Result<GlobList> parse(const std::vector<std::string>& typed, std::string_view what,
                                const KeyPrefix& prefix);

  bool empty() const { return globs_.empty(); }
  bool matches(std::string_view key) const;
  const std::vector<Glob>& globs() const { return globs_; }

  /// What SCAN is to match: the pattern, or what all of several have in common. Empty: every key.
  std::string scan_match() const;

  /// The keys that are meant, when no glob has anything special in it; else empty.
  std::vector<std::string> plain_keys() const;

  /// Doubts about the globs, a line each.
  std::vector<std::string> doubts() const;

  /// The globs of both.
  void append(GlobList more);

 private:
  std::vector<Glob> globs_;
};

}  // namespace rcache
