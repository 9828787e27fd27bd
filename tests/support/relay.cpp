#include "support/relay.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <utility>
#include <vector>

#include "support/failure.h"
#include "support/sockets.h"

namespace rcache::test {
namespace {

constexpr std::size_t k_most_waiting_bytes = 1 << 20;  // for a reader that does not read

}  // namespace

/// One direction of one connection.
struct Relay::Lane {
  struct Piece {
    Clock::time_point due;
    std::string bytes;
    std::size_t sent = 0;
  };

  explicit Lane(Direction of) : direction(of) {}

  void clear() {
    queue.clear();
    waiting_bytes = 0;
  }

  Direction direction;
  std::deque<Piece> queue;
  std::size_t waiting_bytes = 0;
  std::size_t passed = 0;
  Clock::time_point next_fragment{};
  bool ended = false;     // the source has sent its end of file
  bool end_sent = false;  // and so have we
  bool blocked = false;   // the target takes no more for now
};

struct Relay::Link {
  FileHandle client;
  FileHandle server;
  Lane up{Direction::up};
  Lane down{Direction::down};
  bool draining = false;  // cut: what still comes is thrown away until both sides close

  FileHandle& source(const Lane& lane) { return lane.direction == Direction::up ? client : server; }
  FileHandle& target(const Lane& lane) { return lane.direction == Direction::up ? server : client; }
};

Relay::Relay(std::string upstream, Listen listen) : upstream_(std::move(upstream)) {
  if (listen == Listen::unix_socket) {
    address_ = folder_.file("relay");
    listener_ = listen_on(address_);
  } else {
    listener_ = listen_on("");
    port_ = port_of(listener_);
    address_ = "127.0.0.1:" + std::to_string(port_);
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw Failure("no pipe for the relay");
  wake_read_ = FileHandle(ends[0]);
  wake_write_ = FileHandle(ends[1]);
  thread_ = std::thread([this] { serve(); });
}

Relay::~Relay() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
}

std::string Relay::url() const {
  return (port_ == 0 ? "unix://" : "redis://") + address_;
}

void Relay::set(Direction direction, const RelayRules& rules) {
  {
    const std::lock_guard lock(mutex_);
    rules_[static_cast<int>(direction)] = rules;
  }
  wake();
}

void Relay::switch_upstream(std::string upstream) {
  const std::lock_guard lock(mutex_);
  upstream_ = std::move(upstream);
}

void Relay::cut_all(Cut cut) {
  {
    const std::lock_guard lock(mutex_);
    cut_all_ = cut;
  }
  wake();
}

std::string Relay::recorded(Direction direction) {
  const std::lock_guard lock(mutex_);
  return recorded_[static_cast<int>(direction)];
}

std::size_t Relay::accepted() {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

void Relay::wake() {
  [[maybe_unused]] const auto written = ::write(wake_write_.get(), "w", 1);
}

void Relay::serve() {
  for (;;) {
    std::vector<pollfd> files{{wake_read_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    int timeout = -1;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      const auto now = Clock::now();
      for (Link& link : links_) {
        for (const Lane* lane : {&link.up, &link.down}) {
          const bool full = lane->blocked && lane->waiting_bytes > k_most_waiting_bytes;
          if (!lane->ended && !full) files.push_back({link.source(*lane).get(), POLLIN, 0});
          if (lane->queue.empty()) continue;
          if (lane->blocked) files.push_back({link.target(*lane).get(), POLLOUT, 0});
          const auto due = std::max(lane->queue.front().due, lane->next_fragment);
          if (lane->blocked && due <= now) continue;
          const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now).count();
          const int wait = static_cast<int>(std::max<long>(0, left));
          timeout = timeout < 0 ? wait : std::min(timeout, wait);
        }
      }
    }
    ::poll(files.data(), files.size(), timeout);
    char rubbish[64];
    while (::read(wake_read_.get(), rubbish, sizeof rubbish) > 0) {
    }
    const std::lock_guard lock(mutex_);
    if (files[1].revents != 0) accept_one();
    const auto now = Clock::now();
    for (Link& link : links_) {
      if (cut_all_) cut_link(link, *cut_all_);
      step(link, now);
    }
    cut_all_.reset();
    std::erase_if(links_, [](const Link& link) { return !link.client && !link.server; });
  }
}

void Relay::accept_one() {
  FileHandle client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!client) return;
  ++accepted_;
  FileHandle server = connect_to(upstream_);
  if (!server) return;
  make_lively(client);
  make_lively(server);
  Link& link = links_.emplace_back();
  link.client = std::move(client);
  link.server = std::move(server);
}

void Relay::step(Link& link, Clock::time_point now) {
  constexpr int k_reads_at_once = 16;  // then the other direction has its turn
  bool swallowed = false;
  for (Lane* lane : {&link.up, &link.down}) {
    for (int i = 0; i < k_reads_at_once && read_some(link, *lane, now); ++i) {
    }
    swallowed = swallowed || rules_[static_cast<int>(lane->direction)].blackhole;
    if (!link.draining) write_due(link, *lane, now);
  }
  const bool over = link.draining || swallowed ? link.up.ended && link.down.ended
                                               : link.up.end_sent && link.down.end_sent;
  if (over) {
    link.client.reset();
    link.server.reset();
  }
}

/// One read; whether there may be more.
bool Relay::read_some(Link& link, Lane& lane, Clock::time_point now) {
  const FileHandle& source = link.source(lane);
  if (lane.ended || !source || (lane.blocked && lane.waiting_bytes > k_most_waiting_bytes))
    return false;
  char buffer[65536];
  const ssize_t got = ::recv(source.get(), buffer, sizeof buffer, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  const RelayRules& rules = rules_[static_cast<int>(lane.direction)];
  if (got <= 0) {
    lane.ended = true;
    return false;
  }
  const std::string bytes(buffer, static_cast<std::size_t>(got));
  recorded_[static_cast<int>(lane.direction)] += bytes;
  if (link.draining || rules.blackhole) return true;
  lane.waiting_bytes += bytes.size();
  lane.queue.push_back({now + rules.delay, bytes, 0});
  return true;
}

/// Passes on what is due; the end of file follows the last byte.
void Relay::write_due(Link& link, Lane& lane, Clock::time_point now) {
  const RelayRules& rules = rules_[static_cast<int>(lane.direction)];
  const FileHandle& target = link.target(lane);
  lane.blocked = false;
  for (;;) {
    if (rules.cut_after && lane.passed >= *rules.cut_after) return cut_link(link, rules.cut);
    if (rules.blackhole) return lane.clear();
    if (lane.queue.empty()) break;
    Lane::Piece& piece = lane.queue.front();
    if (piece.due > now || lane.next_fragment > now) return;
    std::size_t size = piece.bytes.size() - piece.sent;
    if (rules.fragment > 0) size = std::min(size, rules.fragment);
    if (rules.cut_after) size = std::min(size, *rules.cut_after - lane.passed);
    const char* rest = piece.bytes.data() + piece.sent;
    const ssize_t sent = ::send(target.get(), rest, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      lane.blocked = errno == EAGAIN || errno == EINTR;
      if (lane.blocked) return;
      lane.clear();  // the target is gone: its own end of file will say so
      break;
    }
    lane.passed += static_cast<std::size_t>(sent);
    lane.waiting_bytes -= static_cast<std::size_t>(sent);
    piece.sent += static_cast<std::size_t>(sent);
    if (piece.sent == piece.bytes.size()) lane.queue.pop_front();
    if (rules.fragment > 0) lane.next_fragment = now + rules.fragment_pause;
  }
  if (lane.ended && !lane.end_sent) {
    ::shutdown(target.get(), SHUT_WR);
    lane.end_sent = true;
  }
}

void Relay::cut_link(Link& link, Cut cut) {
  if (link.draining) return;
  link.draining = true;
  for (Lane* lane : {&link.up, &link.down}) {
    lane->clear();
    lane->blocked = false;
  }
  if (cut == Cut::rst) {
    const linger at_once{1, 0};
    ::setsockopt(link.client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    link.client.reset();
    link.up.ended = true;
  } else {
    // Not close(): with bytes unread that would be a reset.
    ::shutdown(link.client.get(), SHUT_WR);
  }
  ::shutdown(link.server.get(), SHUT_WR);
}

}  // namespace rcache::test
