#include "redis/fake_server.h"

#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include "redis/asio.h"
#include "redis/resp.h"

namespace rcache::redis {

using asio::ip::tcp;

struct FakeServer::State {
  State(asio::io_context& io, std::vector<Turn> script, Afterwards then)
      : acceptor(io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)),
        turns(std::move(script)),
        afterwards(then) {}
  tcp::acceptor acceptor;
  std::vector<Turn> turns;
  Afterwards afterwards;
  std::vector<Args> received;
  std::size_t accepted = 0;
};

namespace {

/// Commands travel as arrays of bulk strings, so the reader of replies can read them back.
Args words_of(const Reply& command) {
  Args words;
  if (const auto* elements = command.get<std::vector<Reply>>()) {
    for (const auto& word : *elements) words.push_back(*word.get<std::string>());
  }
  return words;
}

std::string with_port(std::string text, std::uint16_t port) {
  constexpr std::string_view k_place = "@PORT@";
  for (auto at = text.find(k_place); at != std::string::npos; at = text.find(k_place)) {
    text.replace(at, k_place.size(), std::to_string(port));
  }
  return text;
}

template <typename State>
asio::awaitable<void> talk(std::shared_ptr<State> state, tcp::socket socket) {
  ReplyReader reader;
  std::vector<char> buffer(65536);
  std::size_t unanswered = 0;
  std::size_t next_turn = 0;
  while (true) {
    while (next_turn < state->turns.size() && unanswered >= state->turns[next_turn].commands) {
      const auto& turn = state->turns[next_turn++];
      unanswered -= turn.commands;
      const auto bytes = with_port(turn.answer, socket.local_endpoint().port());
      const auto answer = asio::buffer(bytes);
      co_await asio::async_write(socket, answer, k_no_throw);
    }
    if (next_turn == state->turns.size() && state->afterwards == Afterwards::close) break;
    const auto target = asio::buffer(buffer);
    auto [error, size] = co_await socket.async_read_some(target, k_no_throw);
    if (error || !reader.feed(std::string_view(buffer.data(), size))) break;
    for (auto command = reader.next(); command && command->has_value(); command = reader.next()) {
      state->received.push_back(words_of(**command));
      ++unanswered;
    }
  }
}

template <typename State>
asio::awaitable<void> accept_all(std::shared_ptr<State> state) {
  const auto executor = co_await asio::this_coro::executor;
  while (true) {
    auto [error, socket] = co_await state->acceptor.async_accept(k_no_throw);
    if (error) co_return;
    ++state->accepted;
    asio::co_spawn(executor, talk(state, std::move(socket)), asio::detached);
  }
}

}  // namespace

FakeServer::FakeServer(asio::io_context& io, std::vector<Turn> turns, Afterwards afterwards)
    : state_(std::make_shared<State>(io, std::move(turns), afterwards)) {
  asio::co_spawn(io, accept_all(state_), asio::detached);
}

FakeServer::~FakeServer() {
  asio::error_code ignored;
  state_->acceptor.close(ignored);
}

Address FakeServer::address() const {
  return {.host = "127.0.0.1", .port = state_->acceptor.local_endpoint().port(), .socket_path = {}};
}

const std::vector<Args>& FakeServer::received() const {
  return state_->received;
}
std::size_t FakeServer::accepted() const {
  return state_->accepted;
}

std::string login_replies(const std::string& info) {
  return "+OK\r\n$" + std::to_string(info.size()) + "\r\n" + info + "\r\n";
}

}  // namespace rcache::redis
