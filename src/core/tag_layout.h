#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/key_prefix.h"

namespace rcache {

/// What a tag's members are kept in. Of a hash, its fields are the members.
enum class ContainerType { set, zset, hash };

/// As TYPE names it.
std::string_view to_string(ContainerType type);
std::optional<ContainerType> container_type(std::string_view word);

/// How an application keeps its tags: which keys hold members, and which key a member names.
///
/// A container is written "tag:{tag}" or "{prefix}tag:{tag}:entries": `{tag}` is the tag's name,
/// `{prefix}` (only at the beginning) whatever stands before the rest, as short as it can be.
/// A key is written "{member}" or "zc:k:{member}" or "{prefix}{member}", where `{prefix}` is the
/// container's.
struct TagLayout {
  std::string name = {};
  ContainerType type = ContainerType::set;
  std::vector<std::string> containers = {};
  std::string key = "{member}";
  /// Members are stored with the application's key prefix (--key-prefix); usually they are not.
  bool members_have_prefix = false;
  /// Its containers are meant to expire; one without a TTL is a finding.
  bool tags_expire = true;
};

/// The layouts that need no config file; the first is the default.
const std::vector<TagLayout>& known_layouts();

/// Reads containers' names and makes keys of members, by one layout.
class TagNaming {
 public:
  /// In:      `tag_prefix` stands in the place of what a layout has before `{tag}`, or of an open
  ///          `{prefix}`; empty: as the layout says.
  /// Errors:  usage, in words that follow the layout's name: "a container must have {tag} once".
  static Result<TagNaming> make(TagLayout layout, const std::string& tag_prefix,
                                KeyPrefix key_prefix);

  /// A container's name, taken apart.
  struct Name {
    std::string tag;
    std::string prefix;  ///< what `{prefix}` stands for; "" in a layout without
  };

  const TagLayout& layout() const { return layout_; }
  /// The containers as people write them, with --tag-prefix: {"tag:{tag}", "cachetag:{tag}"}.
  std::vector<std::string> shown_containers() const;

  /// One glob that matches every container, and other keys perhaps: see name_of().
  std::string match() const;
  /// Empty for a key that is no container. In: a key as the server has it.
  std::optional<Name> name_of(std::string_view container) const;

  /// The containers that this tag can have; empty when `{prefix}` is open, and only a search for
  /// match_of() can tell.
  std::vector<std::string> containers_of(std::string_view tag) const;
  std::string match_of(std::string_view tag) const;

  /// The key that a member of this container names, as the server has it. Where the member begins
  /// with the key prefix already, it is not put on twice: that would make every member dead.
  std::string key_of(const Name& container, std::string_view member) const;
  /// The members of this container that would name the key, most likely first.
  std::vector<std::string> members_naming(const Name& container, std::string_view key) const;

 private:
  /// One of the layout's containers.
  struct Form {
    bool open = false;  ///< `{prefix}` can be anything
    std::string prefix;
    std::string head;  ///< between `{prefix}` and `{tag}`
    std::string tail;
  };
  struct KeyForm {
    bool has_prefix = false;
    std::string head;
    std::string tail;
  };

  std::string match_around(const std::string& tag) const;

  TagLayout layout_;
  std::vector<Form> forms_;
  KeyForm key_;
  KeyPrefix key_prefix_;
};

}  // namespace rcache
