#include "core/key_pattern.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <unordered_map>
#include <utility>

namespace rcache {
namespace {

constexpr std::size_t k_deepest = 12;        // segments of a key; what follows is one `*`
constexpr std::size_t k_longest_word = 128;  // bytes; nobody names a thing like that
constexpr std::size_t k_least_hash = 8;      // hex digits: a CRC32
constexpr std::size_t k_least_random = 16;   // bytes of a random id; shorter ones come in numbers

enum Kind : std::uint8_t { k_mark = 0, k_digit = 1, k_lower = 2, k_upper = 4, k_at = 8 };

// A table, as every byte of every key is looked up. What is not ASCII counts as a small letter.
constexpr auto k_kinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  for (unsigned byte = 0; byte < kinds.size(); ++byte) {
    if (byte >= '0' && byte <= '9') kinds[byte] = k_digit;
    if (byte >= 'a' && byte <= 'z') kinds[byte] = k_lower;
    if (byte >= 'A' && byte <= 'Z') kinds[byte] = k_upper;
    if (byte < ' ' || byte > '~') kinds[byte] = k_lower;
  }
  kinds['@'] = k_at;
  return kinds;
}();

std::uint8_t kind_of(char byte) {
  return k_kinds[static_cast<unsigned char>(byte)];
}

bool is_digit(char byte) {
  return kind_of(byte) == k_digit;
}

bool is_alphanumeric(char byte) {
  return (kind_of(byte) & (k_digit | k_lower | k_upper)) != 0;
}

bool is_hex(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/// "a@b.c"
bool is_email(std::string_view segment) {
  const auto at = segment.find('@');
  if (at == 0 || at == std::string_view::npos) return false;
  const auto dot = segment.find('.', at + 2);
  return dot != std::string_view::npos && dot + 1 < segment.size();
}

/// "20261121T030000Z", "2026-W47" and, of a time cut at its colons, "00Z".
bool is_time(std::string_view segment) {
  if (segment.size() < 2 || !is_digit(segment[0]) || !is_digit(segment[1])) return false;
  return std::ranges::all_of(segment, [](char byte) {
    return !is_alphanumeric(byte) || is_digit(byte) || byte == 'T' || byte == 'Z' || byte == 'W';
  });
}

/// Whether there are eight hex digits or more between two marks, one of them 0 to 9: a hash, a UUID
/// or a long number, also behind a word ("sess_0cc175b9c0f1b6a8").
bool has_hash(std::string_view segment) {
  const auto is_hash = [](std::string_view run) {
    return run.size() >= k_least_hash && std::ranges::all_of(run, is_hex) &&
           std::ranges::any_of(run, is_digit);
  };
  while (!segment.empty()) {
    const auto* const end = std::ranges::find_if_not(segment, is_alphanumeric);
    const auto size = static_cast<std::size_t>(end - segment.begin());
    if (is_hash(segment.substr(0, size))) return true;
    segment.remove_prefix(std::min(size + 1, segment.size()));
  }
  return false;
}

/// Whether small letters, capitals and digits alternate as they do in ULID, nanoid and base64:
/// every fourth byte or oftener. Words in camel case do so less often, as a capital with small
/// letters behind it is no change.
bool is_random(std::string_view segment) {
  if (segment.size() < k_least_random) return false;
  if (std::ranges::count_if(segment, is_digit) < 2) return false;
  std::size_t changes = 0;
  for (std::size_t i = 1; i < segment.size(); ++i) {
    const auto before = kind_of(segment[i - 1]);
    const auto kind = kind_of(segment[i]);
    if (before == kind || !is_alphanumeric(segment[i - 1]) || !is_alphanumeric(segment[i]))
      continue;
    if (before == k_upper && kind == k_lower) continue;
    ++changes;
  }
  return changes * 4 >= segment.size();
}

/// Whether a segment tells one thing from another of its kind, whatever its neighbours are. A word
/// with a short number ("org1", "v2", "page-17") does not.
bool is_variable(std::string_view segment) {
  if (segment.size() > k_longest_word) return true;
  unsigned kinds = 0;
  for (const char byte : segment) kinds |= kind_of(byte);
  if ((kinds & k_at) != 0 && is_email(segment)) return true;
  if ((kinds & k_digit) == 0) return false;
  // Digits and marks: 17, -3.5, 10.0.0.1, 2026-11-21, {42}.
  if ((kinds & (k_lower | k_upper)) == 0) return true;
  return is_time(segment) || has_hash(segment) || is_random(segment);
}

struct HashOfView {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

/// A place in keys: what the segments up to here have in common.
struct Node {
  std::uint64_t keys = 0;  ///< that end here
  std::uint64_t rest = 0;  ///< that go on, nobody knows how any more
  bool any_word = false;   ///< too many different words came: all of them are `star`
  std::unique_ptr<Node> star;
  std::unordered_map<std::string, std::unique_ptr<Node>, HashOfView, std::equal_to<>> words;
};

}  // namespace

struct KeyPatterns::State {
  explicit State(KeyPatternOptions chosen) : options(chosen) {}

  Node& child(Node& parent, std::string_view segment);
  Node& star_of(Node& parent);

  void forget_words(Node& node);
  void adopt(std::unique_ptr<Node>& place, std::unique_ptr<Node> node);

  void shrink();
  std::uint64_t fold(Node& node, std::uint64_t most_keys);

  void collect(const Node& node, const std::string& pattern, std::vector<KeyGroup>& groups) const;

  KeyPatternOptions options;
  Node root;
  std::size_t nodes = 0;  ///< without the root
  bool folded = false;
};

Node& KeyPatterns::State::star_of(Node& parent) {
  if (!parent.star) {
    parent.star = std::make_unique<Node>();
    ++nodes;
  }
  return *parent.star;
}

Node& KeyPatterns::State::child(Node& parent, std::string_view segment) {
  if (parent.any_word || is_variable(segment)) return star_of(parent);
  const auto known = parent.words.find(segment);
  if (known != parent.words.end()) return *known->second;
  if (parent.words.size() >= options.max_variants) {
    forget_words(parent);
    return star_of(parent);
  }
  ++nodes;
  return *parent.words.emplace(segment, std::make_unique<Node>()).first->second;
}

/// All words of a place become one `*`, and what is below them one subtree.
void KeyPatterns::State::forget_words(Node& node) {
  node.any_word = true;
  for (auto& [word, child] : std::exchange(node.words, {})) adopt(node.star, std::move(child));
}

/// Puts a subtree where there may be one already, which then gets all that it has. That the order
/// of the keys must not matter is why the words are counted again.
void KeyPatterns::State::adopt(std::unique_ptr<Node>& place, std::unique_ptr<Node> node) {
  if (!place) {
    place = std::move(node);
    return;
  }
  --nodes;
  place->keys += node->keys;
  place->rest += node->rest;
  if (node->star) adopt(place->star, std::move(node->star));
  for (auto& [word, child] : node->words) adopt(place->words[word], std::move(child));
  const bool too_many = place->words.size() > options.max_variants;
  if (place->any_word || node->any_word || too_many) forget_words(*place);
}

/// Adds the keys at and below each node of a subtree. Returns those of the whole.
std::uint64_t list_keys(const Node& node, std::vector<std::uint64_t>& keys_of_nodes) {
  auto keys = node.keys + node.rest;
  if (node.star) keys += list_keys(*node.star, keys_of_nodes);
  for (const auto& [word, child] : node.words) keys += list_keys(*child, keys_of_nodes);
  keys_of_nodes.push_back(keys);
  return keys;
}

/// Takes the rarest subtrees off until there is room for a while: to walk the tree for each new
/// node would be too slow. Those with as many keys go together, so that nothing depends on their
/// order in a hash table.
void KeyPatterns::State::shrink() {
  const std::size_t goal = options.max_groups - options.max_groups / 4;
  std::vector<std::uint64_t> keys;
  list_keys(root, keys);
  assert(keys.size() == nodes + 1);
  // The root has the most, so this is the first node that is one too many.
  const auto first_to_go = keys.begin() + static_cast<std::ptrdiff_t>(goal) + 1;
  std::ranges::nth_element(keys, first_to_go, std::ranges::greater{});
  fold(root, *first_to_go);
  folded = true;
}

/// Subtrees with no more keys than that leave them to their parent. Returns the keys of all.
std::uint64_t KeyPatterns::State::fold(Node& node, std::uint64_t most_keys) {
  std::uint64_t kept = 0;
  const auto goes = [&](Node& child) {
    const auto keys = fold(child, most_keys);
    if (keys > most_keys) {
      kept += keys;
      return false;
    }
    node.rest += keys;
    --nodes;
    return true;
  };
  if (node.star && goes(*node.star)) node.star.reset();
  std::erase_if(node.words, [&](const auto& entry) { return goes(*entry.second); });
  return kept + node.keys + node.rest;
}

void KeyPatterns::State::collect(const Node& node, const std::string& pattern,
                                 std::vector<KeyGroup>& groups) const {
  const auto below = [&](std::string_view segment) {
    return &node == &root ? std::string(segment)
                          : pattern + options.delimiter + std::string(segment);
  };
  if (node.keys > 0) groups.push_back({pattern, node.keys});
  if (node.rest > 0) groups.push_back({below("*"), node.rest});
  if (node.star) collect(*node.star, below("*"), groups);
  for (const auto& [word, child] : node.words) collect(*child, below(word), groups);
}

KeyPatterns::KeyPatterns(KeyPatternOptions options) : state_(std::make_unique<State>(options)) {}
KeyPatterns::~KeyPatterns() = default;
KeyPatterns::KeyPatterns(KeyPatterns&&) noexcept = default;
KeyPatterns& KeyPatterns::operator=(KeyPatterns&&) noexcept = default;

void KeyPatterns::add(std::string_view key) {
  Node* node = &state_->root;
  std::size_t depth = 0;
  for (; depth < k_deepest; ++depth) {
    const auto end = key.find(state_->options.delimiter);
    node = &state_->child(*node, key.substr(0, end));
    if (end == std::string_view::npos) break;
    key.remove_prefix(end + 1);
  }
  ++(depth < k_deepest ? node->keys : node->rest);
  if (state_->nodes > state_->options.max_groups) state_->shrink();
}

std::vector<KeyGroup> KeyPatterns::groups() const {
  std::vector<KeyGroup> all;
  state_->collect(state_->root, "", all);
  std::ranges::sort(all, {}, &KeyGroup::pattern);
  // What was folded into "a:*", what is "a:*" by itself and a star by name read alike.
  std::vector<KeyGroup> groups;
  for (auto& group : all) {
    if (!groups.empty() && groups.back().pattern == group.pattern) {
      groups.back().keys += group.keys;
    } else {
      groups.push_back(std::move(group));
    }
  }
  std::ranges::stable_sort(groups, std::ranges::greater{}, &KeyGroup::keys);
  return groups;
}

bool KeyPatterns::folded() const {
  return state_->folded;
}

}  // namespace rcache
