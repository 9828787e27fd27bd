#include "trace/event.h"

#include <algorithm>
#include <array>

namespace rcache::trace {

namespace {

constexpr std::array<std::string_view, k_verb_count> k_words{
    "get", "look", "set", "add", "update", "del", "expire", "persist", "flush"};

}  // namespace

std::string_view to_string(Verb verb) {
  return k_words[static_cast<std::size_t>(verb)];
}

std::optional<Verb> verb_named(std::string_view word) {
  const auto found = std::find(k_words.begin(), k_words.end(), word);
  if (found == k_words.end()) return std::nullopt;
  return static_cast<Verb>(found - k_words.begin());
}

std::uint32_t ttl_of(std::int64_t milliseconds) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(milliseconds, 0, std::int64_t{k_max_ttl_ms}));
}

}  // namespace rcache::trace
