#include "support/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "support/failure.h"

namespace rcache::test {
namespace {

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw Failure("too long for a socket: " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<in_port_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

template <typename Address>
const sockaddr* generic(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

FileHandle listen_on(const std::string& address) {
  const bool tcp = address.empty();
  FileHandle socket(
      ::socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto path = unix_address(address);
  const auto any_port = loopback(0);
  const int bound = tcp ? ::bind(socket.get(), generic(any_port), sizeof any_port)
                        : ::bind(socket.get(), generic(path), sizeof path);
  if (bound != 0 || ::listen(socket.get(), 128) != 0) {
    throw Failure("cannot listen on " + (tcp ? "127.0.0.1" : address) + ": " +
                  std::strerror(errno));
  }
  return socket;
}

int port_of(const FileHandle& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw Failure("getsockname: " + std::string(std::strerror(errno)));
  }
  return ntohs(address.sin_port);
}

FileHandle connect_to(const std::string& address) {
  const bool tcp = !address.starts_with('/');
  FileHandle socket(::socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  int connected = -1;
  if (tcp) {
    const auto host = loopback(std::atoi(address.substr(address.rfind(':') + 1).c_str()));
    connected = ::connect(socket.get(), generic(host), sizeof host);
  } else {
    const auto path = unix_address(address);
    connected = ::connect(socket.get(), generic(path), sizeof path);
  }
  if (connected != 0) socket.reset();
  return socket;
}

void make_lively(const FileHandle& socket) {
  ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on,
               sizeof on);  // no effect on a unix socket
}

}  // namespace rcache::test
