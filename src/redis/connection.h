#pragma once

#include <memory>
#include <string>

#include "core/interrupt.h"
#include "redis/client.h"
#include "redis/endpoint.h"
#include "redis/resp.h"

namespace rcache::redis {

/// A Client over TCP, TLS or a unix socket.
///
/// Reading and writing go on at the same time: a write never waits for replies. Every request has a
/// total deadline; when one passes, or bytes come that nobody asked for, the connection is given up
/// for all, because from then on a reply could be taken for another's.
class Connection : public Client {
 public:
  /// Connects, and shakes hands when TLS is on. Does not log in (see login.h).
  ///
  /// In:      of `settings` the TLS part and the deadlines; TLS verifies `server_name`, or the host
  ///          of `address` when that is empty.
  /// Errors:  connect, naming the address and what to do; usage for certificate files that cannot
  /// be read. Cost:    no command. A name with several addresses: each is tried in turn within the
  /// one deadline.
  static asio::awaitable<Result<std::shared_ptr<Connection>>> open(Address address,
                                                                   ConnectSettings settings,
                                                                   Interrupt& interrupt);
  ~Connection() override;

  asio::awaitable<Result<std::vector<Reply>>> pipeline(Commands commands) override;

  /// True when nothing can be sent any more; the next request says why.
  bool lost() const;

  struct State;
  explicit Connection(std::shared_ptr<State> state);

 private:
  std::shared_ptr<State> state_;
};

}  // namespace rcache::redis
