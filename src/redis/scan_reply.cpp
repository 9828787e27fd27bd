#include "redis/scan_reply.h"

#include <fmt/format.h>

#include <charconv>

#include "core/key.h"

namespace rcache::redis {

Result<ScanReply> parse_scan_reply(Reply reply) {
  const auto wrong = [](std::string_view what) {
    return fail(ErrorKind::protocol, fmt::format("cannot read the reply of SCAN: {}", what));
  };
  auto* parts = reply.get<std::vector<Reply>>();
  if (parts == nullptr || parts->size() != 2) return wrong("it is not a cursor and a list");
  const auto* cursor = (*parts)[0].get<std::string>();
  auto* keys = (*parts)[1].get<std::vector<Reply>>();
  if (cursor == nullptr || keys == nullptr) return wrong("it is not a cursor and a list");
  ScanReply result;
  const auto* end = cursor->data() + cursor->size();
  const auto [stop, error] = std::from_chars(cursor->data(), end, result.cursor);
  if (cursor->empty() || error != std::errc() || stop != end) {
    return wrong(fmt::format("'{}' is not a cursor", printable(*cursor)));
  }
  result.keys.reserve(keys->size());
  for (auto& key : *keys) {
    auto* name = key.get<std::string>();
    if (name == nullptr) return wrong("a key is not a string");
    result.keys.push_back(std::move(*name));
  }
  return result;
}

}  // namespace rcache::redis
