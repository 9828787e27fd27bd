#include "redis/monitor.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "core/key.h"
#include "core/units.h"
#include "redis/asio.h"
#include "redis/client.h"
#include "redis/login.h"
#include "redis/refusal.h"
#include "redis/resp.h"
#include "redis/stream.h"

namespace rcache::redis {
namespace {

/// As much as a socket holds: few reads for many lines.
constexpr std::size_t k_buffer_bytes = std::size_t{512} << 10U;

class LiveMonitor : public Monitor {
 public:
  LiveMonitor(Address address, std::shared_ptr<Stream> stream, Interrupt& interrupt)
      : address_(std::move(address)),
        stream_(std::move(stream)),
        interrupt_(interrupt),
        stop_(interrupt, [this] { close(); }),
        buffer_(k_buffer_bytes) {}

  asio::awaitable<Result<std::string_view>> read() override;
  void close() override { stream_->close(); }
  std::optional<std::int64_t> client_id() const override { return client_id_; }

  asio::awaitable<Result<void>> begin(Node node, ConnectSettings settings);

 private:
  asio::awaitable<Result<std::vector<Reply>>> exchange(Commands commands);
  asio::awaitable<Result<void>> start();

  Address address_;
  std::shared_ptr<Stream> stream_;
  Interrupt& interrupt_;
  InterruptGuard stop_;
  std::vector<char> buffer_;
  std::string early_;  ///< lines that came in one piece with the answer to MONITOR
  std::optional<std::int64_t> client_id_;
};

asio::awaitable<Result<std::string_view>> LiveMonitor::read() {
  if (!early_.empty()) {
    // Into the buffer, so that it lives as long as what is read later.
    const auto size = early_.copy(buffer_.data(), buffer_.size());
    early_.erase(0, size);
    co_return std::string_view(buffer_.data(), size);
  }
  const auto target = asio::buffer(buffer_);
  const auto read = co_await stream_->read_some(target);
  if (interrupt_.insisted()) co_return fail(ErrorKind::interrupted, "interrupted");
  if (read.error) {
    co_return fail(ErrorKind::connect, fmt::format("lost the connection to {}: {}",
                                                   to_string(address_), describe(read.error)));
  }
  co_return std::string_view(buffer_.data(), read.bytes);
}

/// Sends the commands and waits for all of their replies.
asio::awaitable<Result<std::vector<Reply>>> LiveMonitor::exchange(Commands commands) {
  const auto wanted = commands.count();
  const auto bytes = std::move(commands).take_bytes();
  const auto source = asio::buffer(bytes);
  co_await stream_->write(source);  // a write that failed shows in the read
  std::vector<Reply> replies;
  ReplyReader reader;
  while (replies.size() < wanted) {
    auto next = reader.next();
    if (!next) co_return fail(std::move(next).error());
    if (next->has_value()) {
      replies.push_back(std::move(**next));
      continue;
    }
    auto piece = co_await read();
    if (!piece) {
      // Why the server hung up stands in what it sent before.
      if (!replies.empty() && replies.back().error() != nullptr)
        co_return fail(refusal(to_string(address_), *replies.back().error()));
      co_return fail(std::move(piece).error());
    }
    if (auto fed = reader.feed(*piece); !fed) co_return fail(std::move(fed).error());
  }
  co_return replies;
}

/// Sends MONITOR and takes its answer, behind which lines follow without a pause.
asio::awaitable<Result<void>> LiveMonitor::start() {
  constexpr std::size_t k_longest_answer = 4096;
  const std::string bytes = "*1\r\n$7\r\nMONITOR\r\n";
  const auto source = asio::buffer(bytes);
  co_await stream_->write(source);
  std::string answer;
  std::size_t end = std::string::npos;
  while (end == std::string::npos) {
    auto piece = co_await read();
    if (!piece) co_return fail(std::move(piece).error());
    answer += *piece;
    end = answer.find("\r\n");
    if (end == std::string::npos && answer.size() > k_longest_answer) break;
  }
  const auto line = answer.substr(0, end);
  if (line.starts_with('-')) {
    const ServerError refused(line.substr(1));
    co_return fail(
        ErrorKind::connect,
        fmt::format("{} refuses MONITOR: {}", to_string(address_), own_words(refused)),
        refused.code() == "NOPERM"
            ? "log in as another user (--user), or have '+monitor' added with ACL SETUSER"
            : "managed services often forbid it; record on a replica or a server of your own");
  }
  if (line != "+OK") {
    co_return fail(ErrorKind::protocol, fmt::format("{} answered MONITOR with '{}'",
                                                    to_string(address_), printable(line, 40)));
  }
  early_ = answer.substr(end + 2);
  co_return Result<void>();
}

asio::awaitable<Result<void>> LiveMonitor::begin(Node node, ConnectSettings settings) {
  const auto executor = co_await asio::this_coro::executor;
  const auto until = std::chrono::steady_clock::now() + settings.reply_timeout;
  const DeadlineGuard deadline(executor, until, [this] { close(); });
  auto commands = login_commands(settings.endpoint);
  const auto of_login = commands.count();
  commands.add({"CLIENT", "ID"});
  auto replies = co_await exchange(std::move(commands));
  Result<void> begun;
  if (!replies) {
    begun = fail(std::move(replies).error());
  } else {
    auto id = std::move(replies->back());
    replies->resize(of_login);
    const auto welcome = read_login(address_, settings.endpoint, *replies);
    if (!welcome) co_return fail(welcome.error());
    if (welcome->identity.run_id != node.identity.run_id) {
      co_return fail(ErrorKind::connect,
                     fmt::format("another server answers at {} by now", to_string(address_)));
    }
    if (const auto* number = id.get<std::int64_t>()) client_id_ = *number;
    begun = co_await start();
  }
  if (!begun && deadline.passed()) {
    co_return fail(
        ErrorKind::connect,
        fmt::format("{} did not answer within {}", to_string(address_),
                    format_duration(settings.reply_timeout)),
        "the server may be stopped or busy with a slow command; -t SECONDS waits longer");
  }
  co_return begun;
}

}  // namespace

asio::awaitable<Result<std::shared_ptr<Monitor>>> open_monitor(Node node, ConnectSettings settings,
                                                               Interrupt& interrupt) {
  if (interrupt.insisted()) co_return fail(ErrorKind::interrupted, "interrupted");
  auto stream = co_await Stream::open(node.address, settings, interrupt);
  if (!stream) co_return fail(std::move(stream).error());
  auto monitor = std::make_shared<LiveMonitor>(node.address, std::move(*stream), interrupt);
  auto begun = co_await monitor->begin(std::move(node), std::move(settings));
  if (!begun) co_return fail(std::move(begun).error());
  co_return std::shared_ptr<Monitor>(std::move(monitor));
}

}  // namespace rcache::redis
