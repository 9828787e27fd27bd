#include "redis/connection.h"

#include <fmt/format.h>

#include <array>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <deque>

#include "core/key.h"
#include "core/units.h"
#include "redis/asio.h"
#include "redis/refusal.h"
#include "redis/stream.h"

namespace rcache::redis {
namespace {

using Instant = std::chrono::steady_clock::time_point;

/// What one call of pipeline() waits for.
struct Request {
  Request(const asio::any_io_executor& executor, std::size_t wanted_replies, Instant until)
      : wanted(wanted_replies), deadline(until), done(executor) {
    replies.reserve(wanted);
  }
  std::size_t wanted;
  Instant deadline;
  std::vector<Reply> replies;
  bool complete() const { return replies.size() == wanted; }
  Signal done;
};

}  // namespace

struct Connection::State : std::enable_shared_from_this<Connection::State> {
  State(asio::any_io_executor run_on, Address to, std::shared_ptr<Stream> open_stream,
        ConnectSettings with, Interrupt& interrupt_source)
      : executor(std::move(run_on)),
        address(std::move(to)),
        stream(std::move(open_stream)),
        settings(std::move(with)),
        interrupt(interrupt_source),
        something_to_write(executor),
        watchdog(executor) {}

  asio::any_io_executor executor;
  Address address;
  std::shared_ptr<Stream> stream;
  ConnectSettings settings;
  Interrupt& interrupt;
  Interrupt::Token interrupt_token = 0;
  Signal something_to_write;
  asio::steady_timer watchdog;

  std::string unwritten;
  std::deque<std::shared_ptr<Request>> waiting;
  ReplyReader reader;
  bool heard_anything = false;
  std::optional<Error> failure;

  void start();
  void give_up(Error error);
  void take(std::string_view bytes);
  Error not_redis(std::string_view first_bytes) const;
  Error lost(const asio::error_code& error) const;

  static asio::awaitable<void> read_loop(std::shared_ptr<State> self);
  static asio::awaitable<void> write_loop(std::shared_ptr<State> self);
  static asio::awaitable<void> watch_deadlines(std::shared_ptr<State> self);
};

void Connection::State::start() {
  interrupt_token = interrupt.listen([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->give_up({ErrorKind::interrupted, "interrupted"});
  });
  asio::co_spawn(executor, read_loop(shared_from_this()), asio::detached);
  asio::co_spawn(executor, write_loop(shared_from_this()), asio::detached);
  asio::co_spawn(executor, watch_deadlines(shared_from_this()), asio::detached);
}

/// The one way in which a connection ends. Everybody who waits gets the same reason.
void Connection::State::give_up(Error error) {
  if (failure) return;
  failure = std::move(error);
  interrupt.ignore(interrupt_token);
  stream->close();
  watchdog.cancel();
  something_to_write.notify();
  for (const auto& request : std::exchange(waiting, {})) request->done.notify();
}

Error Connection::State::lost(const asio::error_code& error) const {
  const auto where = to_string(address);
  // Too many clients, protected mode: the server says so in place of its first reply and hangs up.
  if (!waiting.empty() && !waiting.front()->replies.empty()) {
    if (const auto* last_word = waiting.front()->replies.back().error()) {
      // Other errors belong to the command that they answer, and not to the end of the connection.
      if (auto why = refusal(where, *last_word); why.kind == ErrorKind::connect) return why;
    }
  }
  if (heard_anything) {
    return {ErrorKind::connect,
            fmt::format("lost the connection to {}: {}", where, describe(error)),
            "the server may have restarted, or closed the connection on its own"};
  }
  if (settings.endpoint.tls.enabled) {
    // TLS 1.3 tells of a missing or refused client certificate only after the handshake.
    return {ErrorKind::connect,
            fmt::format("{} closed the TLS connection: {}", where, describe(error)),
            "if it wants a client certificate, give --cert FILE and --key FILE"};
  }
  return {ErrorKind::connect,
          fmt::format("{} closed the connection before it answered: {}", where, describe(error)),
          "if this port speaks TLS, use --tls or rediss://"};
}

Error Connection::State::not_redis(std::string_view first_bytes) const {
  const auto where = to_string(address);
  constexpr char k_tls_alert = 0x15;
  if (first_bytes.front() == k_tls_alert) {
    return {ErrorKind::connect,
            fmt::format("{} speaks TLS, and was spoken to in plain text", where),
            "use --tls or rediss://"};
  }
  const auto line =
      first_bytes.substr(0, std::min<std::size_t>(first_bytes.find_first_of("\r\n"), 40));
  return {ErrorKind::connect,
          fmt::format("{} is not a Redis server: it answered '{}'", where, printable(line)),
          "check host and port"};
}

void Connection::State::take(std::string_view bytes) {
  if (!heard_anything) {
    if (std::string_view("+-:$*").find(bytes.front()) == std::string_view::npos)
      return give_up(not_redis(bytes));
    heard_anything = true;
  }
  const auto broken = [this](Error error) {
    error.message = fmt::format("{} broke the protocol: {}", to_string(address), error.message);
    give_up(std::move(error));
  };
  if (auto fed = reader.feed(bytes); !fed) return broken(std::move(fed).error());
  while (true) {
    auto reply = reader.next();
    if (!reply) return broken(std::move(reply).error());
    if (!reply->has_value()) return;
    if (waiting.empty()) {
      if (const auto* last_word = (**reply).error())
        return give_up(refusal(to_string(address), *last_word));
      return broken({ErrorKind::protocol, "it sent a reply that nobody asked for"});
    }
    Request& request = *waiting.front();
    request.replies.push_back(std::move(**reply));
    if (request.complete()) {
      request.done.notify();
      waiting.pop_front();
    }
  }
}

asio::awaitable<void> Connection::State::read_loop(std::shared_ptr<State> self) {
  // On the heap: a coroutine's frame is one allocation that lives as long as the connection.
  // Not a vector, which would write zeros to all of it: of 64 connections that is 4 MiB.
  constexpr std::size_t k_buffer_bytes = std::size_t{64} << 10U;
  const auto buffer = std::make_unique_for_overwrite<char[]>(k_buffer_bytes);
  while (!self->failure) {
    auto target = asio::buffer(buffer.get(), k_buffer_bytes);
    const auto read = co_await self->stream->read_some(target);
    if (self->failure) break;
    if (read.error) {
      self->give_up(self->lost(read.error));
      break;
    }
    self->take(std::string_view(buffer.get(), read.bytes));
  }
}

asio::awaitable<void> Connection::State::write_loop(std::shared_ptr<State> self) {
  while (!self->failure) {
    if (self->unwritten.empty()) {
      co_await self->something_to_write.wait();
      continue;
    }
    // Given back after the write: 64 connections that wait for replies keep no room for the next.
    const auto bytes = std::exchange(self->unwritten, {});
    const auto written = co_await self->stream->write(asio::buffer(bytes));
    // A write that fails says less than what the server may have sent before it hung up ("max
    // number of clients reached"): the reader comes upon the end as well, after that.
    if (written.error) break;
  }
}

asio::awaitable<void> Connection::State::watch_deadlines(std::shared_ptr<State> self) {
  while (!self->failure) {
    // Deadlines only grow along the queue, and none is nearer than one timeout from now when the
    // queue is empty: so the first one is enough, and no request needs a timer of its own.
    const auto now = std::chrono::steady_clock::now();
    if (!self->waiting.empty() && self->waiting.front()->deadline <= now) {
      self->give_up(
          {ErrorKind::connect,
           fmt::format("{} did not answer within {}", to_string(self->address),
                       format_duration(self->settings.reply_timeout)),
           "the server may be stopped or busy with a slow command; -t SECONDS waits longer"});
      break;
    }
    self->watchdog.expires_at(self->waiting.empty() ? now + self->settings.reply_timeout
                                                    : self->waiting.front()->deadline);
    co_await self->watchdog.async_wait(k_no_throw);
  }
}

Connection::Connection(std::shared_ptr<State> state) : state_(std::move(state)) {}

Connection::~Connection() {
  state_->give_up({ErrorKind::bug, "the connection was closed while it was in use"});
}

bool Connection::lost() const {
  return state_->failure.has_value();
}

asio::awaitable<Result<std::shared_ptr<Connection>>> Connection::open(Address address,
                                                                      ConnectSettings settings,
                                                                      Interrupt& interrupt) {
  if (interrupt.insisted()) co_return fail(ErrorKind::interrupted, "interrupted");
  auto stream = co_await Stream::open(address, settings, interrupt);
  if (!stream) co_return fail(std::move(stream).error());
  if (interrupt.insisted()) co_return fail(ErrorKind::interrupted, "interrupted");
  const auto executor = co_await asio::this_coro::executor;
  auto state = std::make_shared<State>(executor, std::move(address), std::move(*stream),
                                       std::move(settings), interrupt);
  state->start();
  co_return std::make_shared<Connection>(std::move(state));
}

asio::awaitable<Result<std::vector<Reply>>> Connection::pipeline(Commands commands) {
  const auto state = state_;  // the connection may go while we wait
  if (state->failure) co_return fail(*state->failure);
  if (commands.count() == 0) co_return std::vector<Reply>();
  if (state->waiting.empty() && state->reader.inside_reply()) {
    // What is on its way cannot be the answer to what is not yet asked.
    state->give_up({ErrorKind::protocol,
                    fmt::format("{} broke the protocol: it sent a reply that nobody asked for",
                                to_string(state->address))});
    co_return fail(*state->failure);
  }
  const auto deadline = std::chrono::steady_clock::now() + state->settings.reply_timeout;
  auto request = std::make_shared<Request>(state->executor, commands.count(), deadline);
  state->waiting.push_back(request);
  if (state->unwritten.empty()) {
    state->unwritten = std::move(commands).take_bytes();
  } else {
    state->unwritten += commands.bytes();
  }
  state->something_to_write.notify();
  while (!request->complete() && !state->failure) co_await request->done.wait();
  if (!request->complete()) co_return fail(*state->failure);
  co_return std::move(request->replies);
}

}  // namespace rcache::redis
