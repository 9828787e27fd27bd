#pragma once

#include <asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "redis/client.h"
#include "redis/deployment.h"

namespace rcache::redis {

/// Waits until so many more commands have come, then sends these bytes; "@PORT@" in them is its own
/// port.
struct Turn {
  std::size_t commands = 0;
  std::string answer;
};

enum class Afterwards { keep_open, close };

/// Listens on a free port of 127.0.0.1 and says to each client what the script says, honest or not.
/// It lives in the io_context of the test, so that the order of things is the same in every run.
class FakeServer {
 public:
  FakeServer(asio::io_context& io, std::vector<Turn> turns,
             Afterwards afterwards = Afterwards::keep_open);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  Address address() const;
  /// All commands that came, over all connections.
  const std::vector<Args>& received() const;
  std::size_t accepted() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// How many commands a login without password and database has.
inline constexpr std::size_t k_login = 2;

/// What an honest server says to a login without password and database.
std::string login_replies(const std::string& info);

/// INFO of a primary that is nothing special.
inline const std::string k_info =
    "redis_version:7.0.15\r\nredis_mode:standalone\r\nrun_id:r1\r\nrole:master\r\n";

}  // namespace rcache::redis
