#include "redis/refusal.h"

#include <fmt/format.h>

#include <string>

#include "core/key.h"

namespace rcache::redis {

std::string own_words(const ServerError& reply) {
  auto end = reply.text.find(" with args beginning with:");
  if (end != std::string::npos && end > 0 && reply.text[end - 1] == ',') --end;
  return printable(std::string_view(reply.text).substr(0, end));
}

Error refusal(std::string_view where, const ServerError& reply) {
  const auto code = reply.code();
  const auto words = own_words(reply);
  if (code == "NOAUTH") {
    return {ErrorKind::connect, fmt::format("{} wants a password", where),
            "give it with --askpass, --pass-file FILE or RCACHE_PASSWORD"};
  }
  if (code == "WRONGPASS") {
    return {ErrorKind::connect, fmt::format("{} refused the login: {}", where, words),
            "check the user (--user) and the password"};
  }
  if (code == "NOPERM") {
    return {ErrorKind::connect, fmt::format("{} does not allow it: {}", where, words),
            "log in as another user (--user), or have the right added with ACL SETUSER"};
  }
  if (code == "-DENIED" || code == "DENIED") {
    return {
        ErrorKind::connect,
        fmt::format("{} is in protected mode: it takes connections from its own host only", where),
        "connect from there, or set a password or 'bind' on the server"};
  }
  if (code == "LOADING") {
    return {ErrorKind::connect, fmt::format("{} is still loading its data into memory", where),
            "try again when it is done"};
  }
  if (reply.text.find("max number of clients") != std::string::npos) {
    return {ErrorKind::connect, fmt::format("{} has no room for another client: {}", where, words),
            "raise 'maxclients' on the server, or close other connections"};
  }
  return {ErrorKind::server, fmt::format("{} answered: {}", where, words)};
}

}  // namespace rcache::redis
