#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/key_segment.h"

namespace rcache {

/// How keys are told apart into key patterns.
struct KeyPatternOptions {
  char delimiter = ':';
  std::size_t max_groups = 2000;  ///< places in all; beyond, the rarest fold into their parent
  std::size_t max_variants = 40;  ///< more different words at one place make it variable
};

/// Infers key patterns from a stream of keys in bounded memory, and keeps what is known of each.
///
/// A key is split at the delimiter. A segment that looks generated (see key_segment.h) is `*`; so
/// is a place with more than `max_variants` different words. Other segments stay as they are.
/// Behind twelve segments the rest of a key is one `*`. Patterns are for people: what of a segment
/// is a special character of a glob is shown as it is.
///
/// In:      `Data` is what is known of one group: made empty, copyable, with `keys()`, how many
/// keys
///          it is about, and `merge(const Data&)`, which makes two groups one in whatever order.
template <typename Data>
class KeyTree {
 public:
  struct Group {
    std::string pattern;
    Data data;
  };

  explicit KeyTree(KeyPatternOptions options = {}) : options_(options) {}

  /// Lets `change(Data&)` enter the key into what is known of its group.
  /// Cost:    linear in the key's length.
  template <typename Change>
  void add(std::string_view key, Change&& change) {
    change(place_of(key));
    if (nodes_ > options_.max_groups) shrink();
  }

  /// The groups, most keys first, then by pattern.
  std::vector<Group> groups() const;

  /// True when there were more groups than fit, and rare ones stand in their parent's.
  bool folded() const { return folded_; }

 private:
  static constexpr std::size_t k_deepest = 12;  // segments of a key; what follows is one `*`

  struct HashOfView {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  /// A place in keys: what the segments up to here have in common.
  struct Node {
    std::unique_ptr<Data> here;  ///< of keys that end here
    std::unique_ptr<Data> rest;  ///< of those that go on, nobody knows how any more
    bool any_word = false;       ///< too many different words came: all of them are `star`
    std::unique_ptr<Node> star;
    std::unordered_map<std::string, std::unique_ptr<Node>, HashOfView, std::equal_to<>> words;

    std::uint64_t keys() const { return (here ? here->keys() : 0) + (rest ? rest->keys() : 0); }
  };

  static Data& made(std::unique_ptr<Data>& data) {
    if (!data) data = std::make_unique<Data>();
    return *data;
  }
  static void move_into(std::unique_ptr<Data>& to, std::unique_ptr<Data> from) {
    if (!from) return;
    if (to) {
      to->merge(*from);
    } else {
      to = std::move(from);
    }
  }

  Data& place_of(std::string_view key);
  Node& child(Node& parent, std::string_view segment);
  Node& star_of(Node& parent);
  void forget_words(Node& node);
  void adopt(std::unique_ptr<Node>& place, std::unique_ptr<Node> node);
  void shrink();
  std::uint64_t fold(Node& node, std::uint64_t most_keys);
  void collect(const Node& node, const std::string& pattern, std::vector<Group>& groups) const;
  static std::uint64_t list_keys(const Node& node, std::vector<std::uint64_t>& keys_of_nodes);

  KeyPatternOptions options_;
  Node root_;
  std::size_t nodes_ = 0;  ///< without the root
  bool folded_ = false;
};

template <typename Data>
Data& KeyTree<Data>::place_of(std::string_view key) {
  Node* node = &root_;
  for (std::size_t depth = 0; depth < k_deepest; ++depth) {
    const auto end = key.find(options_.delimiter);
    node = &child(*node, key.substr(0, end));
    if (end == std::string_view::npos) return made(node->here);
    key.remove_prefix(end + 1);
  }
  return made(node->rest);
}

template <typename Data>
typename KeyTree<Data>::Node& KeyTree<Data>::star_of(Node& parent) {
  if (!parent.star) {
    parent.star = std::make_unique<Node>();
    ++nodes_;
  }
  return *parent.star;
}

template <typename Data>
typename KeyTree<Data>::Node& KeyTree<Data>::child(Node& parent, std::string_view segment) {
  if (parent.any_word || is_variable_segment(segment)) return star_of(parent);
  const auto known = parent.words.find(segment);
  if (known != parent.words.end()) return *known->second;
  if (parent.words.size() >= options_.max_variants) {
    forget_words(parent);
    return star_of(parent);
  }
  ++nodes_;
  return *parent.words.emplace(segment, std::make_unique<Node>()).first->second;
}

/// All words of a place become one `*`, and what is below them one subtree.
template <typename Data>
void KeyTree<Data>::forget_words(Node& node) {
  node.any_word = true;
  for (auto& [word, child] : std::exchange(node.words, {})) adopt(node.star, std::move(child));
}

/// Puts a subtree where there may be one already, which then gets all that it has. That the order
/// of the keys must not matter is why the words are counted again.
template <typename Data>
void KeyTree<Data>::adopt(std::unique_ptr<Node>& place, std::unique_ptr<Node> node) {
  if (!place) {
    place = std::move(node);
    return;
  }
  --nodes_;
  move_into(place->here, std::move(node->here));
  move_into(place->rest, std::move(node->rest));
  if (node->star) adopt(place->star, std::move(node->star));
  for (auto& [word, child] : node->words) adopt(place->words[word], std::move(child));
  const bool too_many = place->words.size() > options_.max_variants;
  if (place->any_word || node->any_word || too_many) forget_words(*place);
}

/// Adds the keys at and below each node of a subtree. Returns those of the whole.
template <typename Data>
std::uint64_t KeyTree<Data>::list_keys(const Node& node,
                                       std::vector<std::uint64_t>& keys_of_nodes) {
  auto keys = node.keys();
  if (node.star) keys += list_keys(*node.star, keys_of_nodes);
  for (const auto& [word, child] : node.words) keys += list_keys(*child, keys_of_nodes);
  keys_of_nodes.push_back(keys);
  return keys;
}

/// Takes the rarest subtrees off until there is room for a while: to walk the tree for each new
/// node would be too slow. Those with as many keys go together, so that nothing depends on their
/// order in a hash table.
template <typename Data>
void KeyTree<Data>::shrink() {
  const std::size_t goal = options_.max_groups - options_.max_groups / 4;
  std::vector<std::uint64_t> keys;
  list_keys(root_, keys);
  // The root has the most, so this is the first node that is one too many.
  const auto first_to_go = keys.begin() + static_cast<std::ptrdiff_t>(goal) + 1;
  std::ranges::nth_element(keys, first_to_go, std::ranges::greater{});
  fold(root_, *first_to_go);
  folded_ = true;
}

/// Subtrees with no more keys than that leave them to their parent. Returns the keys of all.
template <typename Data>
std::uint64_t KeyTree<Data>::fold(Node& node, std::uint64_t most_keys) {
  std::uint64_t kept = 0;
  const auto goes = [&](Node& child) {
    const auto keys = fold(child, most_keys);
    if (keys > most_keys) {
      kept += keys;
      return false;
    }
    // All that is below the child has come up to it by now.
    move_into(node.rest, std::move(child.here));
    move_into(node.rest, std::move(child.rest));
    --nodes_;
    return true;
  };
  if (node.star && goes(*node.star)) node.star.reset();
  std::erase_if(node.words, [&](const auto& entry) { return goes(*entry.second); });
  return kept + node.keys();
}

template <typename Data>
void KeyTree<Data>::collect(const Node& node, const std::string& pattern,
                            std::vector<Group>& groups) const {
  const auto below = [&](std::string_view segment) {
    return &node == &root_ ? std::string(segment)
                           : pattern + options_.delimiter + std::string(segment);
  };
  if (node.here && node.here->keys() > 0) groups.push_back({pattern, *node.here});
  if (node.rest && node.rest->keys() > 0) groups.push_back({below("*"), *node.rest});
  if (node.star) collect(*node.star, below("*"), groups);
  for (const auto& [word, child] : node.words) collect(*child, below(word), groups);
}

template <typename Data>
std::vector<typename KeyTree<Data>::Group> KeyTree<Data>::groups() const {
  std::vector<Group> all;
  collect(root_, "", all);
  std::ranges::sort(all, {}, &Group::pattern);
  // What was folded into "a:*", what is "a:*" by itself and a star by name read alike.
  std::vector<Group> groups;
  for (auto& group : all) {
    if (!groups.empty() && groups.back().pattern == group.pattern) {
      groups.back().data.merge(group.data);
    } else {
      groups.push_back(std::move(group));
    }
  }
  std::ranges::stable_sort(groups, std::ranges::greater{},
                           [](const Group& group) { return group.data.keys(); });
  return groups;
}

}  // namespace rcache
