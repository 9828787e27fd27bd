#include "support/raw_client.h"

#include <hiredis/hiredis.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "support/failure.h"

namespace rcache::test {
namespace {

timeval as_timeval(std::chrono::milliseconds duration) {
  timeval result{};
  result.tv_sec = static_cast<time_t>(duration.count() / 1000);
  result.tv_usec = static_cast<suseconds_t>(duration.count() % 1000 * 1000);
  return result;
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word.substr(0, 100);
  return text;
}

Value copy(const redisReply& reply) {
  Value value;
  const auto bytes = [&reply] {
    return std::string(reply.str, static_cast<std::size_t>(reply.len));
  };
  switch (reply.type) {
    case REDIS_REPLY_STRING:
      value.type = Value::Type::text;
      value.text = bytes();
      break;
    case REDIS_REPLY_STATUS:
      value.type = Value::Type::status;
      value.text = bytes();
      break;
    case REDIS_REPLY_ERROR:
      value.type = Value::Type::error;
      value.text = bytes();
      break;
    case REDIS_REPLY_INTEGER:
      value.type = Value::Type::integer;
      value.integer = reply.integer;
      break;
    case REDIS_REPLY_ARRAY:
      value.type = Value::Type::array;
      for (std::size_t i = 0; i < reply.elements; ++i)
        value.items.push_back(copy(*reply.element[i]));
      break;
    case REDIS_REPLY_NIL:
      break;
    default:
      throw Failure("a reply of type " + std::to_string(reply.type) +
                    ", which RESP2 does not have");
  }
  return value;
}

}  // namespace

std::string Value::describe() const {
  switch (type) {
    case Type::nil:
      return "(nil)";
    case Type::integer:
      return std::to_string(integer);
    case Type::status:
      return text;
    case Type::error:
      return "(error) " + text;
    case Type::text:
      return "\"" + text + "\"";
    case Type::array:
      break;
  }
  std::string result = "[";
  for (const Value& item : items) result += (result.size() > 1 ? ", " : "") + item.describe();
  return result + "]";
}

void RawClient::Free::operator()(redisContext* context) const {
  redisFree(context);
}
RawClient::~RawClient() = default;
RawClient::RawClient(RawClient&&) noexcept = default;
RawClient& RawClient::operator=(RawClient&&) noexcept = default;

RawClient::RawClient(const std::string& address, std::chrono::milliseconds limit)
    : address_(address) {
  ::signal(SIGPIPE, SIG_IGN);  // hiredis writes to servers that have just been killed
  if (address.starts_with('/')) {
    context_.reset(redisConnectUnixWithTimeout(address.c_str(), as_timeval(limit)));
  } else {
    const auto colon = address.rfind(':');
    context_.reset(redisConnectWithTimeout(address.substr(0, colon).c_str(),
                                           std::atoi(address.substr(colon + 1).c_str()),
                                           as_timeval(limit)));
  }
  if (context_ == nullptr || context_->err != 0) {
    throw Failure("cannot connect to " + address + ": " +
                  (context_ == nullptr ? "out of memory" : context_->errstr));
  }
  redisSetTimeout(context_.get(), as_timeval(limit));
}

void RawClient::send(const Words& words) {
  std::vector<const char*> data;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    data.push_back(word.data());
    sizes.push_back(word.size());
  }
  redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), data.data(), sizes.data());
}

Value RawClient::receive(const Words& words) {
  void* reply = nullptr;
  if (redisGetReply(context_.get(), &reply) != REDIS_OK || reply == nullptr) {
    throw Failure(address_ + " did not answer '" + joined(words) + "': " + context_->errstr);
  }
  const std::unique_ptr<void, decltype(&freeReplyObject)> owner(reply, &freeReplyObject);
  return copy(*static_cast<redisReply*>(reply));
}

Value RawClient::try_command(const Words& words) {
  send(words);
  return receive(words);
}

Value RawClient::command(const Words& words) {
  Value value = try_command(words);
  if (value.is_error()) {
    throw Failure(address_ + " answered '" + joined(words) + "' with: " + value.text);
  }
  return value;
}

std::vector<Value> RawClient::pipeline(const std::vector<Words>& commands) {
  for (const Words& words : commands) send(words);
  std::vector<Value> replies;
  for (const Words& words : commands) replies.push_back(receive(words));
  return replies;
}

bool RawClient::closed() const {
  char byte = 0;
  const ssize_t got = ::recv(context_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

std::string info_field(std::string_view info, std::string_view name) {
  const std::string wanted = std::string(name) + ":";
  for (std::size_t at = 0; at < info.size();) {
    const std::size_t end = std::min(info.find("\r\n", at), info.size());
    const std::string_view line = info.substr(at, end - at);
    if (line.starts_with(wanted)) return std::string(line.substr(wanted.size()));
    at = end + 2;
  }
  return {};
}

}  // namespace rcache::test
