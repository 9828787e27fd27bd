#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rcache::tags {

// What the commands have to say, as plain data. Keys and tags are raw bytes without the key prefix.

/// One row of `tags`.
struct TagRow {
  std::string tag;
  std::string key;
  std::string type;                      ///< as TYPE says
  std::optional<std::uint64_t> members;  ///< empty: it is of another type than the layout's
  std::optional<double> ttl_seconds;     ///< empty: none
};

/// One member of `tags show`.
struct MemberRow {
  std::string key;
  std::optional<bool> exists;         ///< empty: it could not be asked
  std::optional<double> ttl_seconds;  ///< empty: none, or not there
  bool outlives_tag = false;
};

/// The rest of `tags show`.
struct ShownTag {
  std::string tag;
  std::optional<std::string> key;     ///< empty: there is no such tag
  std::optional<double> ttl_seconds;  ///< of the container; empty: none
  std::uint64_t live = 0;
  std::uint64_t dead = 0;
  std::uint64_t outliving = 0;
  std::uint64_t unknown = 0;
};

enum class Problem { dead_member, empty_tag, outlives_tag, no_ttl, wrong_type, untagged };

/// "dead-member", as in JSON.
std::string_view to_string(Problem problem);

struct Finding {
  Problem problem = Problem::dead_member;
  std::optional<std::string> tag;  ///< empty for an untagged key
  std::string key;  ///< the member's, or the container's where the tag itself is meant
};

/// What is wrong with one tag, for the table of the worst.
struct TagTrouble {
  std::string tag;
  std::string key;
  std::uint64_t members = 0;
  std::uint64_t dead = 0;
  std::uint64_t outliving = 0;
  std::optional<double> ttl_seconds = {};  ///< empty: none
  bool no_ttl = false;                     ///< and that is a finding
  bool wrong_type = false;
};

struct CheckReport {
  std::string layout;
  std::vector<std::string> containers;  ///< of the layout, as people write them
  std::string type;                     ///< of the layout's containers
  std::uint64_t tags = 0;
  std::uint64_t members = 0;
  std::uint64_t dead_members = 0;
  std::uint64_t tags_with_dead = 0;
  std::uint64_t empty_tags = 0;  ///< all of whose members are dead
  std::uint64_t outliving_members = 0;
  std::uint64_t tags_outlived = 0;
  std::uint64_t tags_without_ttl = 0;
  bool ttl_expected = true;  ///< tags of this layout should have one
  std::uint64_t wrong_types = 0;
  std::string pattern;                         ///< of --pattern
  std::optional<std::uint64_t> untagged_keys;  ///< empty: not looked for, or not all were seen
  std::vector<std::string> untagged_examples;
  std::uint64_t unknown_members = 0;
  std::uint64_t own_lookups = 0;
  std::vector<std::string> reasons;  ///< why it is not complete; empty when it is
  std::vector<TagTrouble> worst;     ///< sorted, the worst first

  bool complete() const { return reasons.empty(); }
  std::uint64_t findings() const;
};

/// Keeps the worst tags of very many: outlived ones first, then those with most dead members.
class WorstTags {
 public:
  explicit WorstTags(std::size_t most) : most_(most) {}
  /// Tags without trouble are left out.
  void offer(TagTrouble tag);
  std::vector<TagTrouble> sorted() &&;

 private:
  std::size_t most_;
  std::vector<TagTrouble> kept_;
};

struct PruneReport {
  bool dry_run = false;
  std::uint64_t tags = 0;
  std::uint64_t members = 0;
  std::uint64_t dead_members = 0;  ///< as they were first seen
  std::uint64_t tags_with_dead = 0;
  std::uint64_t removed_members = 0;
  std::uint64_t kept = 0;     ///< their keys came back
  std::uint64_t already = 0;  ///< somebody else had removed them
  std::uint64_t failed = 0;
  std::uint64_t protected_tags = 0;
  bool between_slots = false;  ///< some were removed without a transaction
  std::vector<std::string> reasons = {};

  bool complete() const { return reasons.empty(); }
};

}  // namespace rcache::tags
