#include "core/glob.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/key.h"
#include "core/units.h"

namespace rcache {
namespace {

constexpr std::size_t k_longest_pattern = 1024;
constexpr std::size_t k_most_stars = 64;
constexpr std::size_t k_quoted_bytes = 60;  // of what the user typed, in a line for the user

/// A member of a class: a byte, or a range of them with the lower end first.
struct Member {
  signed char low = 0;  // the server compares `char`, which is signed on x86
  signed char high = 0;
  std::size_t size = 1;  // bytes of the pattern
};

Member first_member(std::string_view pattern) {
  const auto byte = [&](std::size_t at) { return static_cast<signed char>(pattern[at]); };
  if (pattern[0] == '\\' && pattern.size() >= 2) return {byte(1), byte(1), 2};
  if (pattern.size() >= 3 && pattern[1] == '-') {
    return {std::min(byte(0), byte(2)), std::max(byte(0), byte(2)), 3};
  }
  return {byte(0), byte(0), 1};
}

bool is_negated(std::string_view text) {
  return text.size() >= 2 && text[1] == '^';
}

/// Calls `visit` with each member of the class that `pattern` begins with, and the text of it.
/// Returns the size of the class: up to the first ']' that is not a member, or all.
template <typename Visit>
std::size_t visit_class(std::string_view pattern, Visit visit) {
  std::size_t at = is_negated(pattern) ? 2 : 1;
  while (at < pattern.size() && pattern[at] != ']') {
    const auto member = first_member(pattern.substr(at));
    visit(member, pattern.substr(at, member.size));
    at += member.size;
  }
  return std::min(at + 1, pattern.size());
}

/// What a pattern begins with: how many bytes of it are one thing to the server.
std::size_t token_size(std::string_view pattern) {
  if (pattern[0] == '\\' && pattern.size() >= 2) return 2;
  if (pattern[0] == '[') return visit_class(pattern, [](const Member&, std::string_view) {});
  return 1;
}

/// Cuts off what the pattern begins with.
std::string_view take_token(std::string_view& pattern) {
  const auto token = pattern.substr(0, token_size(pattern));
  pattern.remove_prefix(token.size());
  return token;
}

bool is_special(std::string_view token) {
  return token[0] == '*' || token[0] == '?' || token[0] == '[';
}

using Bytes = std::bitset<256>;

Bytes bytes_of_class(std::string_view token) {
  Bytes bytes;
  visit_class(token, [&](const Member& member, std::string_view) {
    for (int byte = member.low; byte <= member.high; ++byte) {
      bytes.set(static_cast<unsigned char>(byte));
    }
  });
  return is_negated(token) ? ~bytes : bytes;
}

Bytes bytes_of(std::string_view token) {
  if (token[0] == '?') return ~Bytes();
  if (token[0] == '[') return bytes_of_class(token);
  return Bytes().set(static_cast<unsigned char>(token.back()));
}

std::string quoted(std::string_view text) {
  return fmt::format("'{}'", printable(text, k_quoted_bytes));
}

std::string doubt_about_class(std::string_view token) {
  if (token.size() > 2 && token[1] == '!' && token[2] != ']') {
    return fmt::format("{} does not negate in Redis globs: write [^{}", quoted(token),
                       printable(token.substr(2), k_quoted_bytes));
  }
  std::string doubt;
  visit_class(token, [&](const Member& member, std::string_view text) {
    if (member.low >= 0 || member.high < 0 || !doubt.empty()) return;
    doubt = fmt::format(
        "the range {} crosses byte 0x80: Redis compares signed bytes, so this is not the range "
        "that it seems to be",
        quoted(text));
  });
  return doubt;
}

/// `pattern` begins with the brace.
std::string doubt_about_brace(std::string_view pattern) {
  const auto group = pattern.substr(0, pattern.find('}') + 1);  // npos + 1 is 0
  if (group.find(',') == std::string_view::npos) return {};
  return fmt::format("{} has no meaning in Redis globs: it matches these characters literally",
                     quoted(group));
}

}  // namespace

Result<Glob> Glob::parse(std::string_view pattern) {
  if (pattern.empty()) {
    return fail(ErrorKind::usage, "an empty pattern matches nothing but the empty key");
  }
  if (pattern.size() > k_longest_pattern) {
    return fail(ErrorKind::usage, fmt::format("a pattern of {} bytes is too long (at most 1 KiB)",
                                              format_count(pattern.size())));
  }
  Glob glob;
  glob.text_ = pattern;
  std::size_t stars = 0;
  for (auto rest = pattern; !rest.empty();) {
    const auto token = take_token(rest);
    if (!is_special(token) && glob.places_.empty()) {
      glob.literal_prefix_ += token.back();
    } else {
      const bool star = token[0] == '*';
      if (star) ++stars;
      glob.places_.push_back({star, star ? Bytes() : bytes_of(token)});
    }
  }
  if (stars > k_most_stars) {
    return fail(ErrorKind::usage, fmt::format("the pattern {} has {} stars (at most {})",
                                              quoted(pattern), stars, k_most_stars));
  }
  return glob;
}

bool Glob::matches(std::string_view key) const {
  // The server asks its matcher about the empty key, which knows no star then, unless the pattern
  // is "*" alone.
  if (key.empty()) return text_.empty() || text_ == "*";
  if (!key.starts_with(literal_prefix_)) return false;
  key.remove_prefix(literal_prefix_.size());

  // To let any star but the last take more bytes would only move the rest of the pattern to the
  // right, where the last star has looked already: so the last one alone is tried again.
  const Place* place = places_.data();
  const Place* const end = place + places_.size();
  const Place* behind_star = nullptr;
  std::size_t at = 0;
  std::size_t retry = 0;
  while (at < key.size()) {
    if (place != end && place->star) {
      if (++place == end) return true;
      behind_star = place;
      retry = at;
    } else if (place != end && place->bytes[static_cast<unsigned char>(key[at])]) {
      ++place;
      ++at;
    } else if (behind_star != nullptr) {
      place = behind_star;
      at = ++retry;
    } else {
      return false;
    }
  }
  while (place != end && place->star) ++place;
  return place == end;
}

bool Glob::matches_everything() const {
  return text_.find('*') != std::string::npos && text_.find_first_not_of("*?") == std::string::npos;
}

std::optional<std::string> Glob::literal() const {
  if (!places_.empty()) return std::nullopt;
  return literal_prefix_;
}

std::optional<std::string> Glob::hash_tag() const {
  const auto plain = std::string_view(text_).substr(0, text_.find_first_of("*?[\\"));
  const auto open = plain.find('{');
  if (open == std::string_view::npos) return std::nullopt;
  const auto close = plain.find('}', open);
  // With an empty tag in front the whole key is hashed, whatever braces follow.
  if (close == std::string_view::npos || close == open + 1) return std::nullopt;
  return std::string(plain.substr(open + 1, close - open - 1));
}

std::string Glob::doubt() const {
  for (std::string_view rest = text_; !rest.empty();) {
    const auto from_here = rest;
    const auto token = take_token(rest);
    const auto doubt = token[0] == '['   ? doubt_about_class(token)
                       : token[0] == '{' ? doubt_about_brace(from_here)
                                         : std::string();
    if (!doubt.empty()) return doubt;
  }
  return {};
}

}  // namespace rcache
