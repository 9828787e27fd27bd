#include "redis/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/info.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::redis {
namespace {

constexpr std::uint16_t k_redis_port = 6379;
constexpr std::uint16_t k_sentinel_port = 26379;

constexpr std::string_view k_url_help =
    "write redis://[user:password@]host[:port][/db], rediss://... for TLS, unix:///path, or "
    "redis-sentinel://host[:port],.../name";

struct Scheme {
  std::string_view name;
  Endpoint::Kind kind;
  bool tls;
};
constexpr std::array<Scheme, 6> k_schemes = {{
    {"redis", Endpoint::Kind::server, false},
    {"rediss", Endpoint::Kind::server, true},
    {"valkey", Endpoint::Kind::server, false},
    {"valkeys", Endpoint::Kind::server, true},
    {"redis-sentinel", Endpoint::Kind::sentinel, false},
    {"rediss-sentinel", Endpoint::Kind::sentinel, true},
}};

// A URL's parts are never quoted: whoever forgot the '@' has the password where the host should be.
tl::unexpected<Error> bad_url(std::string message) {
  return fail(ErrorKind::usage, std::move(message), std::string(k_url_help));
}

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

/// Source: RFC 3986, section 2.1. What is no "%XX" is refused: a password with a bare '%' would
/// otherwise be silently another one.
std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return decoded;
}

Result<std::string> decode_part(std::string_view text, std::string_view what) {
  auto decoded = percent_decode(text);
  if (!decoded) {
    return bad_url(fmt::format(
        "the {} in the URL has a '%' that is not followed by two hex digits (write %25 for '%')",
        what));
  }
  return std::move(*decoded);
}

/// Letters, digits, ".-_", and of IPv6 the colons and "%zone". Strict, so that a password without
/// its '@' is seldom taken for a host, which every later message would name.
bool may_be_host(std::string_view host) {
  const bool v6 = host.find(':') != std::string_view::npos;
  return std::all_of(host.begin(), host.end(), [v6](char c) {
    const bool letter_or_digit =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter_or_digit || std::string_view(".-_").find(c) != std::string_view::npos ||
           (v6 && (c == ':' || c == '%'));
  });
}

/// "host", "host:port", "[v6]" or "[v6]:port"; an empty host is the local one.
Result<Address> parse_address(std::string_view text, std::uint16_t default_port) {
  Address address{.host = {}, .port = default_port, .socket_path = {}};
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) {
      return bad_url("the host in the URL begins with '[' and has no ']'");
    }
    address.host = std::string(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    if (!text.empty() && !text.starts_with(':')) {
      return bad_url("the host in the URL is followed by something that is not ':port'");
    }
    if (!text.empty()) port = text.substr(1);
  } else {
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
      return bad_url(
          "the URL has more than one ':' in host and port (an IPv6 address stands in brackets: "
          "[::1]:6379)");
    }
    address.host = std::string(text.substr(0, colon));
    if (colon != std::string_view::npos) port = text.substr(colon + 1);
  }
  if (address.host.empty()) address.host = "127.0.0.1";
  if (!may_be_host(address.host))
    return bad_url("the host in the URL has a character that no host name has");
  if (!port.empty()) {
    auto number = parse_port(port);
    if (!number) return bad_url("the port in the URL is not a number from 1 to 65535");
    address.port = *number;
  }
  return address;
}

Result<void> parse_credentials(std::string_view text, Endpoint& endpoint) {
  const auto colon = text.find(':');
  auto user = decode_part(text.substr(0, colon), "user");
  if (!user) return fail(std::move(user).error());
  endpoint.user = std::move(*user);
  if (colon == std::string_view::npos) return {};
  auto password = decode_part(text.substr(colon + 1), "password");
  if (!password) return fail(std::move(password).error());
  endpoint.password = std::move(*password);
  return {};
}

Result<Endpoint> parse_unix_url(std::string_view rest) {
  Endpoint endpoint;
  const auto question = rest.find('?');
  std::string_view path = rest.substr(0, question);
  if (!path.starts_with('/')) {
    // unix://user:password@/path, as redis-py writes it
    const auto at = path.find("@/");  // a path may have an '@' of its own
    if (at == std::string_view::npos)
      return bad_url("a unix:// URL wants an absolute path: unix:///run/redis.sock");
    if (auto parsed = parse_credentials(path.substr(0, at), endpoint); !parsed) {
      return fail(std::move(parsed).error());
    }
    path.remove_prefix(at + 1);
  }
  auto decoded = decode_part(path, "path");
  if (!decoded) return fail(std::move(decoded).error());
  endpoint.addresses = {{.host = {}, .port = 0, .socket_path = std::move(*decoded)}};
  if (question == std::string_view::npos) return endpoint;
  const auto query = rest.substr(question + 1);
  if (!query.starts_with("db=")) {
    return bad_url("after the '?' of a unix:// URL only db=N is known");
  }
  auto database = parse_database(query.substr(3));
  if (!database) return bad_url("the database in the URL is not a number (0, 1, 2, ...)");
  endpoint.database = *database;
  return endpoint;
}

/// What follows the host: "", "/", "/db", or for a sentinel "/name[/db]".
Result<void> parse_path(std::string_view path, Endpoint& endpoint) {
  if (!path.empty()) path.remove_prefix(1);
  if (endpoint.kind == Endpoint::Kind::sentinel) {
    const auto slash = path.find('/');
    auto name = decode_part(path.substr(0, slash), "primary's name");
    if (!name) return fail(std::move(name).error());
    if (name->empty())
      return bad_url(
          "a sentinel URL wants the primary's name: redis-sentinel://host:26379/mymaster");
    endpoint.sentinel_primary = std::move(*name);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  if (path.empty()) return {};
  auto database = parse_database(path);
  if (!database) return bad_url("the database in the URL is not a number (0, 1, 2, ...)");
  endpoint.database = *database;
  return {};
}

}  // namespace

Result<int> parse_database(std::string_view text) {
  const auto number = parse_integer(text);
  if (!number || *number < 0 || *number > 2147483647) {
    return fail(ErrorKind::usage,
                fmt::format("'{}' is not a database number (0, 1, 2, ...)", printable(text)));
  }
  return static_cast<int>(*number);
}

Result<Endpoint> parse_url(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == std::string_view::npos) {
    return bad_url("the URL has no scheme such as redis://");
  }
  const auto scheme_name = url.substr(0, colon);
  auto rest = url.substr(colon + 3);
  if (scheme_name == "unix") return parse_unix_url(rest);

  const auto* scheme = std::find_if(k_schemes.begin(), k_schemes.end(),
                                    [&](const Scheme& known) { return known.name == scheme_name; });
  if (scheme == k_schemes.end()) {
    return bad_url("the URL's scheme is not one that is known");
  }
  Endpoint endpoint;
  endpoint.kind = scheme->kind;
  endpoint.tls.enabled = scheme->tls;

  // A '/' inside a password must be written %2F, but a '/' before the last '@' can only be one:
  // the part behind the host has no '@'.
  const auto at = rest.rfind('@');
  if (at != std::string_view::npos) {
    if (auto parsed = parse_credentials(rest.substr(0, at), endpoint); !parsed) {
      return fail(std::move(parsed).error());
    }
    rest.remove_prefix(at + 1);
  }
  const auto slash = rest.find('/');
  auto hosts = rest.substr(0, slash);
  endpoint.addresses.clear();
  const bool sentinel = endpoint.kind == Endpoint::Kind::sentinel;
  while (true) {
    const auto comma = sentinel ? hosts.find(',') : std::string_view::npos;
    auto address = parse_address(hosts.substr(0, comma), sentinel ? k_sentinel_port : k_redis_port);
    if (!address) return fail(std::move(address).error());
    endpoint.addresses.push_back(std::move(*address));
    if (comma == std::string_view::npos) break;
    hosts.remove_prefix(comma + 1);
  }
  const auto path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  if (auto parsed = parse_path(path, endpoint); !parsed) return fail(std::move(parsed).error());
  return endpoint;
}

std::string to_string(const Address& address) {
  if (!address.socket_path.empty()) return printable(address.socket_path);
  const bool v6 = address.host.find(':') != std::string::npos;
  const auto host = printable(address.host);
  return v6 ? fmt::format("[{}]:{}", host, address.port) : fmt::format("{}:{}", host, address.port);
}

std::string to_string(const Endpoint& endpoint) {
  std::string hosts;
  for (const auto& address : endpoint.addresses) {
    if (!hosts.empty()) hosts.push_back(',');
    hosts += to_string(address);
  }
  if (endpoint.kind == Endpoint::Kind::sentinel) {
    return fmt::format("{}://{}/{}", endpoint.tls.enabled ? "rediss-sentinel" : "redis-sentinel",
                       hosts, printable(endpoint.sentinel_primary));
  }
  if (!endpoint.addresses.front().socket_path.empty()) return "unix://" + hosts;
  return fmt::format("{}://{}/{}", endpoint.tls.enabled ? "rediss" : "redis", hosts,
                     endpoint.database);
}

}  // namespace rcache::redis
