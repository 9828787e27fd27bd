#include "redis/resolve.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/un.h>
#include <unistd.h>

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <memory>
#include <thread>

#include "redis/asio.h"

namespace rcache::redis {
namespace {

using Endpoints = std::vector<asio::generic::stream_protocol::endpoint>;

/// What the resolving thread leaves behind. It may outlive whoever asked.
struct Lookup {
  int error = 0;
  Endpoints endpoints;
};

void look_up(const std::string& host, std::uint16_t port, Lookup& lookup) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  lookup.error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    lookup.endpoints.emplace_back(each->ai_addr, each->ai_addrlen, IPPROTO_TCP);
  }
  if (found != nullptr) ::freeaddrinfo(found);
}

Result<Endpoints> unix_socket(const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(ErrorKind::usage,
                fmt::format("the socket path {} is longer than the {} bytes that the system allows",
                            to_string(Address{.host = {}, .port = 0, .socket_path = path}),
                            sizeof(sockaddr_un::sun_path) - 1));
  }
  return Endpoints{asio::local::stream_protocol::endpoint(path)};
}

}  // namespace

// getaddrinfo cannot be interrupted, and asio's own resolver joins its thread when the program
// ends: a dead name server would hold us far beyond the deadline. So the thread is our own and
// detached, shares nothing but `Lookup`, and closing its end of a pipe is how it says that it is
// done.
asio::awaitable<Result<Endpoints>> resolve(Address address,
                                           std::chrono::steady_clock::time_point deadline,
                                           Interrupt& interrupt) {
  if (!address.socket_path.empty()) co_return unix_socket(address.socket_path);

  asio::error_code not_an_ip;
  const auto ip = asio::ip::make_address(address.host, not_an_ip);
  if (!not_an_ip) co_return Endpoints{asio::ip::tcp::endpoint(ip, address.port)};

  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) {
    co_return fail(ErrorKind::connect, "cannot resolve the host name: out of file descriptors");
  }
  const auto executor = co_await asio::this_coro::executor;
  asio::posix::stream_descriptor finished(executor, pipe_ends[0]);
  auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host = address.host, port = address.port, done = pipe_ends[1]] {
    look_up(host, port, *lookup);
    ::close(done);
  }).detach();

  DeadlineGuard guard(executor, deadline, [&finished] { finished.cancel(); });
  const InterruptGuard stop(interrupt, [&finished] { finished.cancel(); });
  char nothing = 0;
  auto buffer = asio::buffer(&nothing, 1);
  co_await finished.async_read_some(buffer, k_no_throw);
  if (interrupt.insisted()) co_return fail(ErrorKind::interrupted, "interrupted");
  if (guard.passed()) {
    co_return fail(ErrorKind::connect,
                   fmt::format("cannot resolve '{}': no answer in time", address.host),
                   "check the name server, or use an IP address");
  }
  if (lookup->error != 0 || lookup->endpoints.empty()) {
    co_return fail(
        ErrorKind::connect,
        fmt::format("cannot resolve '{}': {}", address.host, ::gai_strerror(lookup->error)),
        "check the host name");
  }
  co_return std::move(lookup->endpoints);
}

}  // namespace rcache::redis
