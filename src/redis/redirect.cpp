#include "redis/redirect.h"

#include "core/info.h"

namespace rcache::redis {

std::optional<Address> redirected_to(const ServerError& reply, const std::string& own_host) {
  const auto space = reply.text.rfind(' ');
  const auto colon = reply.text.rfind(':');
  if (space == std::string::npos || colon == std::string::npos || colon < space)
    return std::nullopt;
  const auto port = parse_integer(std::string_view(reply.text).substr(colon + 1));
  if (!port || *port <= 0 || *port > 65535) return std::nullopt;
  auto host = reply.text.substr(space + 1, colon - space - 1);
  if (host.empty() || host == "?") host = own_host;
  return Address{
      .host = std::move(host), .port = static_cast<std::uint16_t>(*port), .socket_path = {}};
}

}  // namespace rcache::redis
