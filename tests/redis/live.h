#pragma once

#include <doctest/doctest.h>

#include <asio/io_context.hpp>
#include <memory>
#include <string>

#include "core/interrupt.h"
#include "redis/connection.h"
#include "redis/endpoint.h"
#include "redis/topology.h"
#include "support/run.h"

namespace rcache::redis {

/// Settings for a URL, with deadlines that a slow machine keeps.
inline ConnectSettings settings_of(const std::string& url) {
  auto endpoint = parse_url(url);
  if (!endpoint) throw test::Failure(url + ": " + endpoint.error().message);
  ConnectSettings settings;
  settings.endpoint = std::move(*endpoint);
  settings.connect_timeout = std::chrono::seconds(30);
  settings.reply_timeout = std::chrono::seconds(30);
  return settings;
}

inline ConnectSettings settings_of(const Address& address) {
  ConnectSettings settings = settings_of("redis://");
  settings.endpoint.addresses = {address};
  return settings;
}

/// The same, for what must run into its deadline.
inline ConnectSettings impatient(ConnectSettings settings) {
  settings.connect_timeout = std::chrono::milliseconds(300);
  settings.reply_timeout = std::chrono::milliseconds(300);
  return settings;
}

/// One thread of the program: everything that a test connects lives in it.
struct World {
  Interrupt interrupt;
  asio::io_context io{1};

  template <typename T>
  T run(asio::awaitable<T> task) {
    return test::run(io, std::move(task));
  }
  Result<std::shared_ptr<Connection>> open(const ConnectSettings& settings) {
    return run(Connection::open(settings.endpoint.addresses.front(), settings, interrupt));
  }
  Result<std::shared_ptr<Deployment>> connect(const ConnectSettings& settings) {
    return run(redis::connect(settings, interrupt));
  }
};

/// A failure that a person can read: of that kind, one line, with `words` in it.
inline void check_error(const Error& error, ErrorKind kind, const std::string& words) {
  CAPTURE(error.message);
  CHECK(error.kind == kind);
  CHECK(error.message.find(words) != std::string::npos);
  CHECK(error.message.find('\n') == std::string::npos);
}

}  // namespace rcache::redis
