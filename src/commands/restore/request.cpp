#include "commands/restore/request.h"

#include <algorithm>
#include <limits>

namespace rcache::restore {
namespace {

/// More than clocks drift apart in a long run, and more than a command is ever on its way.
constexpr std::int64_t k_soon_ms = 60'000;

}  // namespace

std::int64_t milliseconds_left(std::int64_t expires_unix_ms, std::int64_t from_unix_ms) {
  if (expires_unix_ms <= from_unix_ms) return 1;
  // The moments come from a file: their distance need not fit into a signed number.
  const auto left =
      static_cast<std::uint64_t>(expires_unix_ms) - static_cast<std::uint64_t>(from_unix_ms);
  constexpr std::uint64_t k_most = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(left, k_most));
}

std::optional<Request> request_for(const backup::Value& value, TtlMode ttl, Existing existing,
                                   std::int64_t now_unix_ms) {
  Request request;
  request.replace = existing == Existing::replace;
  if (!value.expires_unix_ms) return request;
  const auto expires = *value.expires_unix_ms;
  if (ttl == TtlMode::remaining) {
    request.ttl = std::to_string(milliseconds_left(expires, value.saved_unix_ms));
    return request;
  }
  if (expires <= now_unix_ms) return std::nullopt;
  const auto left = milliseconds_left(expires, now_unix_ms);
  if (request.replace && left < k_soon_ms) {
    request.ttl = std::to_string(left);
    request.exact_unix_ms = expires;
    return request;
  }
  request.ttl = std::to_string(expires);
  request.absolute = true;
  return request;
}

std::vector<std::string_view> restore_words(const backup::Value& value, const Request& request) {
  std::vector<std::string_view> words{"RESTORE", value.key, request.ttl, value.dump};
  if (request.replace) words.emplace_back("REPLACE");
  if (request.absolute) words.emplace_back("ABSTTL");
  return words;
}

}  // namespace rcache::restore
