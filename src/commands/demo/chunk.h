#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rcache::demo {

/// The words of one Redis command: {"SET", "key", "value"}.
using Words = std::vector<std::string>;

/// Commands to be sent together.
struct Chunk {
  std::vector<Words> commands;
  std::int64_t not_before_ms =
      0;  ///< the server's time before which they must not be sent; 0 for any

  void add(std::initializer_list<std::string_view> words) {
    commands.emplace_back(words.begin(), words.end());
  }
  void add(Words words) { commands.push_back(std::move(words)); }
};

}  // namespace rcache::demo
