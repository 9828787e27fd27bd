#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "support/file_handle.h"
#include "support/server.h"
#include "support/temp_dir.h"

namespace rcache::test {

enum class Direction { up, down };  ///< client to server, server to client
enum class Cut { fin, rst };

/// What a Relay does to the bytes of one direction.
struct RelayRules {
  /// Each byte arrives so much later. No limit on how many are under way: pipelining pays.
  std::chrono::milliseconds delay{0};
  /// As soon as so many bytes have passed on a connection (0: when it is accepted), it is cut. The
  /// server reads all that passed and then an end of file; the client gets `cut`.
  std::optional<std::size_t> cut_after = {};
  Cut cut = Cut::fin;
  /// Nothing arrives any more, and nothing says so.
  bool blackhole = false;
  /// At most so many bytes in one write, so that a reader sees pieces; 0: as they come.
  std::size_t fragment = 0;
  /// Between two such pieces.
  std::chrono::milliseconds fragment_pause{0};
};

/// Stands between a client and a server, in a thread of its own, and does to the bytes what the
/// rules say.
class Relay {
 public:
  /// Listens on a free port of 127.0.0.1, or on a unix socket. `upstream` is a Server::address().
  ///
  /// Errors:  Failure when it cannot listen. A server that is not there closes the client's
  /// connection.
  explicit Relay(std::string upstream, Listen listen = Listen::tcp);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  [[nodiscard]] const std::string& address() const { return address_; }  ///< as Server::address()
  [[nodiscard]] int port() const { return port_; }                       ///< 0 on a unix socket
  [[nodiscard]] std::string url() const;

  /// Rules hold for open connections too, from the next byte on.
  void set(Direction direction, const RelayRules& rules);

  /// New connections go there; open ones stay where they are.
  void switch_upstream(std::string upstream);

  /// Cuts every open connection now.
  void cut_all(Cut cut = Cut::fin);

  /// All bytes that one side has sent, over all connections, whatever became of them.
  std::string recorded(Direction direction);

  /// How many connections have been accepted since the start.
  std::size_t accepted();

 private:
  struct Lane;
  struct Link;
  using Clock = std::chrono::steady_clock;

  void serve();
  void accept_one();
  void step(Link& link, Clock::time_point now);
  bool read_some(Link& link, Lane& lane, Clock::time_point now);
  void write_due(Link& link, Lane& lane, Clock::time_point now);
  static void cut_link(Link& link, Cut cut);
  void wake();

  TempDir folder_;
  FileHandle listener_;
  FileHandle wake_read_;
  FileHandle wake_write_;
  std::string address_;
  int port_ = 0;

  std::mutex mutex_;  // guards all below
  std::string upstream_;
  RelayRules rules_[2];
  std::string recorded_[2];
  std::size_t accepted_ = 0;
  std::optional<Cut> cut_all_;
  bool stopping_ = false;
  std::list<Link> links_;

  std::thread thread_;  // last: it uses all above
};

}  // namespace rcache::test
