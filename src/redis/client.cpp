#include "redis/client.h"

#include <fmt/format.h>

namespace rcache::redis {
namespace {

void append_length(std::string& bytes, char type, std::size_t length) {
  const fmt::format_int digits(length);
  bytes.push_back(type);
  bytes.append(digits.data(), digits.size());
  bytes.append("\r\n");
}

}  // namespace

void Commands::add(std::span<const std::string_view> words) {
  append_length(bytes_, '*', words.size());
  for (const auto word : words) {
    append_length(bytes_, '$', word.size());
    bytes_.append(word);
    bytes_.append("\r\n");
  }
  ++count_;
}

void Commands::add(const Args& words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  add(std::span<const std::string_view>(views));
}

asio::awaitable<Result<Reply>> Client::send(Args words) {
  Commands commands;
  commands.add(words);
  auto replies = co_await pipeline(std::move(commands));
  if (!replies) co_return fail(std::move(replies).error());
  co_return std::move(replies->front());
}

}  // namespace rcache::redis
