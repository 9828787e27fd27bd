#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "redis/client.h"

namespace rcache::redis {

// Replies, short to write.
inline Reply bulk(std::string text) {
  return Reply{std::move(text)};
}
inline Reply number(std::int64_t value) {
  return Reply{value};
}
inline Reply list(std::vector<Reply> elements) {
  return Reply{std::move(elements)};
}
inline Reply status(std::string words) {
  return Reply{Status(std::move(words))};
}
inline Reply refused(std::string words) {
  return Reply{ServerError(std::move(words))};
}
inline Reply nil() {
  return Reply{Nil{}};
}

}  // namespace rcache::redis
