#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/glob.h"

namespace rcache::audit_ttl {

/// What a rule asks of a key: `ttl = "required"|"none"|"any"`.
enum class TtlNeed {
  required,  ///< must expire
  none,      ///< must not expire
  any        ///< may do either
};
std::string_view to_string(TtlNeed need);

/// What is wrong with a key.
enum class Offence {
  missing,    ///< has no TTL and must have one
  unwanted,   ///< has a TTL and must not
  too_short,  ///< less than `min` left
  too_long    ///< more than `max` left
};
inline constexpr std::array k_offences = {Offence::missing, Offence::unwanted, Offence::too_short,
                                          Offence::too_long};
/// "missing", "unwanted", "too-short", "too-long".
std::string_view to_string(Offence offence);

/// How many keys are wrong in which way.
struct Offences {
  std::array<std::uint64_t, k_offences.size()> keys = {};

  std::uint64_t& operator[](Offence offence) { return keys[static_cast<std::size_t>(offence)]; }
  std::uint64_t operator[](Offence offence) const {
    return keys[static_cast<std::size_t>(offence)];
  }
  std::uint64_t total() const { return keys[0] + keys[1] + keys[2] + keys[3]; }
  void add(const Offences& other) {
    for (std::size_t at = 0; at < keys.size(); ++at) keys[at] += other.keys[at];
  }
};

/// One [[rule]].
struct Rule {
  Glob pattern;
  TtlNeed ttl = TtlNeed::required;
  std::optional<std::int64_t> min_ms = {};
  std::optional<std::int64_t> max_ms = {};
  std::string reason = {};  ///< why, in the words of the file; may be empty
  bool implied = false;     ///< not from a file: what holds for a key that no rule matches

  /// What is wrong with a key that this rule is for. In: `ttl_ms`, empty for a key without a TTL.
  std::optional<Offence> offence(std::optional<std::int64_t> ttl_ms) const;
};

/// Rules in order: the first one whose pattern matches decides. The last one is always `*`, so that
/// each key has a rule.
struct Policy {
  std::string name = {};  ///< the file, "default", or empty when there is none
  std::vector<Rule> rules = {};

  /// Out:     the index of the rule for `key`.
  std::size_t rule_of(std::string_view key) const;

  /// Lowers every `max` to at most this, for --max-ttl. Rules with ttl = "none" stay as they are.
  void cap(std::int64_t max_ms);
};

/// Without a policy: every key must have a TTL.
Policy plain_policy();

/// Reads a policy file.
///
/// In:      TOML: [[rule]] tables with pattern, ttl, min, max and reason. A key that no rule
///          matches must have a TTL, unless the last rule says otherwise for "*".
/// Errors:  usage, with file, line and column, what was found, and what is allowed.
Result<Policy> parse_policy(std::string_view text, const std::string& file_name);

/// The policy that comes with rcache, as the text of a file: `--policy default`, and a start for
/// one's own.
std::string_view default_policy_text();

/// What `rcache help policies` prints: the form of a policy in comments, and the default one. It is
/// itself a policy.
std::string policy_help();

}  // namespace rcache::audit_ttl
