#include "redis/endpoint.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rcache::redis {
namespace {

Address tcp(std::string host, std::uint16_t port) {
  return {.host = std::move(host), .port = port, .socket_path = {}};
}
Address unix_socket(std::string path) {
  return {.host = {}, .port = 0, .socket_path = std::move(path)};
}

TEST_CASE("parse_url: where it leads and as whom") {
  constexpr auto k_server = Endpoint::Kind::server;
  constexpr auto k_sentinel = Endpoint::Kind::sentinel;
  struct Case {
    const char* url;
    Endpoint::Kind kind;
    bool tls;
    std::vector<Address> addresses;
    int database;
    std::string user;
    std::optional<std::string> password;
    std::string primary;
    const char* shown;
  };
  const Case cases[] = {
      {"redis://10.0.0.7",
       k_server,
       false,
       {tcp("10.0.0.7", 6379)},
       0,
       "",
       {},
       "",
       "redis://10.0.0.7:6379/0"},
      {"redis://cache.example.com:7000",
       k_server,
       false,
       {tcp("cache.example.com", 7000)},
       0,
       "",
       {},
       "",
       "redis://cache.example.com:7000/0"},
      {"redis://",
       k_server,
       false,
       {tcp("127.0.0.1", 6379)},
       0,
       "",
       {},
       "",
       "redis://127.0.0.1:6379/0"},
      {"redis:///3",
       k_server,
       false,
       {tcp("127.0.0.1", 6379)},
       3,
       "",
       {},
       "",
       "redis://127.0.0.1:6379/3"},
      {"redis://h:/", k_server, false, {tcp("h", 6379)}, 0, "", {}, "", "redis://h:6379/0"},
      {"redis://:7001/15",
       k_server,
       false,
       {tcp("127.0.0.1", 7001)},
       15,
       "",
       {},
       "",
       "redis://127.0.0.1:7001/15"},
      {"redis://my_cache-1.local",
       k_server,
       false,
       {tcp("my_cache-1.local", 6379)},
       0,
       "",
       {},
       "",
       "redis://my_cache-1.local:6379/0"},
      {"rediss://h:1", k_server, true, {tcp("h", 1)}, 0, "", {}, "", "rediss://h:1/0"},
      {"valkey://h", k_server, false, {tcp("h", 6379)}, 0, "", {}, "", "redis://h:6379/0"},
      {"valkeys://h", k_server, true, {tcp("h", 6379)}, 0, "", {}, "", "rediss://h:6379/0"},
      {"redis://[::1]", k_server, false, {tcp("::1", 6379)}, 0, "", {}, "", "redis://[::1]:6379/0"},
      {"redis://[fe80::1%eth0]:7000/1",
       k_server,
       false,
       {tcp("fe80::1%eth0", 7000)},
       1,
       "",
       {},
       "",
       "redis://[fe80::1%eth0]:7000/1"},
      {"redis://alice:secret@h:1/2",
       k_server,
       false,
       {tcp("h", 1)},
       2,
       "alice",
       "secret",
       "",
       "redis://h:1/2"},
      {"redis://:secret@h",
       k_server,
       false,
       {tcp("h", 6379)},
       0,
       "",
       "secret",
       "",
       "redis://h:6379/0"},
      {"redis://alice@h",
       k_server,
       false,
       {tcp("h", 6379)},
       0,
       "alice",
       {},
       "",
       "redis://h:6379/0"},
      {"redis://alice:@h",
       k_server,
       false,
       {tcp("h", 6379)},
       0,
       "alice",
       "",
       "",
       "redis://h:6379/0"},
      {"redis://a%3Ab:p%40%2f%25@h",
       k_server,
       false,
       {tcp("h", 6379)},
       0,
       "a:b",
       "p@/%",
       "",
       "redis://h:6379/0"},
      {"redis://:a:b@c/d@h/1",
       k_server,
       false,
       {tcp("h", 6379)},
       1,
       "",
       "a:b@c/d",
       "",
       "redis://h:6379/1"},
      {"unix:///run/redis.sock",
       k_server,
       false,
       {unix_socket("/run/redis.sock")},
       0,
       "",
       {},
       "",
       "unix:///run/redis.sock"},
      {"unix:///run/my%20redis.sock?db=4",
       k_server,
       false,
       {unix_socket("/run/my redis.sock")},
       4,
       "",
       {},
       "",
       "unix:///run/my redis.sock"},
      {"unix://alice:s%40@/run/r@1.sock",
       k_server,
       false,
       {unix_socket("/run/r@1.sock")},
       0,
       "alice",
       "s@",
       "",
       "unix:///run/r@1.sock"},
      {"redis-sentinel://s1/mymaster",
       k_sentinel,
       false,
       {tcp("s1", 26379)},
       0,
       "",
       {},
       "mymaster",
       "redis-sentinel://s1:26379/mymaster"},
      {"redis-sentinel://s1,s2:1,[::2]:3/my%2Fm/5",
       k_sentinel,
       false,
       {tcp("s1", 26379), tcp("s2", 1), tcp("::2", 3)},
       5,
       "",
       {},
       "my/m",
       "redis-sentinel://s1:26379,s2:1,[::2]:3/my/m"},
      {"rediss-sentinel://u:p@s1/m",
       k_sentinel,
       true,
       {tcp("s1", 26379)},
       0,
       "u",
       "p",
       "m",
       "rediss-sentinel://s1:26379/m"},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.url));
    const auto endpoint = parse_url(c.url);
    REQUIRE(endpoint);
    CHECK(endpoint->kind == c.kind);
    CHECK(endpoint->tls.enabled == c.tls);
    CHECK(endpoint->tls.verify);
    CHECK(endpoint->addresses == c.addresses);
    CHECK(endpoint->database == c.database);
    CHECK(endpoint->user == c.user);
    CHECK(endpoint->password == c.password);
    CHECK(endpoint->sentinel_primary == c.primary);
    CHECK(to_string(*endpoint) == c.shown);
  }
}

TEST_CASE("parse_url: what cannot be meant is refused, and says what is wrong") {
  struct Case {
    const char* url;
    const char* says;
  };
  const Case cases[] = {
      {"", "the URL has no scheme such as redis://"},
      {"10.0.0.7:6379", "the URL has no scheme such as redis://"},
      {"http://h", "the URL's scheme is not one that is known"},
      {"REDIS ://h", "the URL's scheme is not one that is known"},
      {"redis://h:abc", "the port in the URL is not a number from 1 to 65535"},
      {"redis://h:70000", "the port in the URL is not a number from 1 to 65535"},
      {"redis://h:0", "the port in the URL is not a number from 1 to 65535"},
      {"redis://h:-1", "the port in the URL is not a number from 1 to 65535"},
      {"redis://h:+1", "the port in the URL is not a number from 1 to 65535"},
      {"redis://::1",
       "the URL has more than one ':' in host and port (an IPv6 address stands in brackets: "
       "[::1]:6379)"},
      {"redis://[::1", "the host in the URL begins with '[' and has no ']'"},
      {"redis://[::1]6379", "the host in the URL is followed by something that is not ':port'"},
      {"redis://a b", "the host in the URL has a character that no host name has"},
      {"redis://a?db=1", "the host in the URL has a character that no host name has"},
      {"redis://a%20b", "the host in the URL has a character that no host name has"},
      {"redis://h1,h2", "the host in the URL has a character that no host name has"},
      {"redis://[h/1]", "the host in the URL begins with '[' and has no ']'"},
      {"redis://h/abc", "the database in the URL is not a number (0, 1, 2, ...)"},
      {"redis://h/-1", "the database in the URL is not a number (0, 1, 2, ...)"},
      {"redis://h/1/2", "the database in the URL is not a number (0, 1, 2, ...)"},
      {"redis://h/99999999999", "the database in the URL is not a number (0, 1, 2, ...)"},
      {"redis://:a%@h",
       "the password in the URL has a '%' that is not followed by two hex digits (write %25 for "
       "'%')"},
      {"redis://a%zz:b@h",
       "the user in the URL has a '%' that is not followed by two hex digits (write %25 for '%')"},
      {"unix://run/redis.sock", "a unix:// URL wants an absolute path: unix:///run/redis.sock"},
      {"unix://u:p@run/redis.sock", "a unix:// URL wants an absolute path: unix:///run/redis.sock"},
      {"unix:///r?database=1", "after the '?' of a unix:// URL only db=N is known"},
      {"unix:///r?db=x", "the database in the URL is not a number (0, 1, 2, ...)"},
      {"unix:///r%",
       "the path in the URL has a '%' that is not followed by two hex digits (write %25 for '%')"},
      {"redis-sentinel://s1",
       "a sentinel URL wants the primary's name: redis-sentinel://host:26379/mymaster"},
      {"redis-sentinel://s1/",
       "a sentinel URL wants the primary's name: redis-sentinel://host:26379/mymaster"},
      {"redis-sentinel://s1,s2:x/m", "the port in the URL is not a number from 1 to 65535"},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.url));
    const auto endpoint = parse_url(c.url);
    REQUIRE_FALSE(endpoint);
    CHECK(endpoint.error().kind == ErrorKind::usage);
    CHECK(endpoint.error().message == c.says);
    CHECK_FALSE(endpoint.error().hint.empty());
  }
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view k_digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    encoded += {'%', k_digits[byte >> 4], k_digits[byte & 15U]};
  }
  return encoded;
}

TEST_CASE(
    "parse_url: nothing that is said of a URL contains a password, wherever it stands in it") {
  const std::string password = "S3CR3T-%40\"'";
  const char* places[] = {
      "redis://:$@h",
      "redis://u:$@h:x",
      "redis://u:$@h/x",
      "redis://u:$@",
      "redis://$@h",
      "redis://$@h:x",
      "redis://:$h",
      "redis://u:$h:6379",
      "redis://u:$",
      "redis://:$",
      "redis://$",
      "redis://$/0",
      "redis://$:6379",
      "redis://h:$",
      "redis://h/$",
      "redis://[$",
      "redis://[$]",
      "redis://[::1]$",
      "redis://h?pw=$",
      "redis://u:$@h@x:y",
      "$",
      "$://h",
      "redis:$@h",
      "redis:/u:$@h",
      "rediss//u:$@h",
      "unix://$",
      "unix://u:$@run",
      "unix://:$@",
      "unix:///r?$",
      "unix:///r?db=$",
      "unix://u:$",
      "redis-sentinel://$/m",
      "redis-sentinel://$",
      "redis-sentinel://u:$@s",
      "redis-sentinel://u:$@s/m/x",
      "redis-sentinel://s,$/m",
      "http://u:$@h",
  };
  for (const std::string place : places) {
    for (const auto& secret : {password, percent_encoded(password),
                               "S3CR3T" + percent_encoded("@:"), std::string("S3CR3T%")}) {
      auto url = place;
      url.replace(url.find('$'), 1, secret);
      CAPTURE(url);
      const auto endpoint = parse_url(url);
      const auto said =
          endpoint ? to_string(*endpoint) : endpoint.error().message + endpoint.error().hint;
      CHECK(said.find("S3CR3T") == std::string::npos);
      CHECK(said.find(secret) == std::string::npos);
    }
  }
}

TEST_CASE("parse_database: a whole number from 0 on") {
  CHECK(parse_database("0") == 0);
  CHECK(parse_database("2147483647") == 2147483647);
  for (const char* text : {"", "x", "-1", "1.5", " 1", "2147483648"}) {
    CAPTURE(text);
    const auto database = parse_database(text);
    REQUIRE_FALSE(database);
    CHECK(database.error().kind == ErrorKind::usage);
  }
}

TEST_CASE("to_string: an address in brackets when it is IPv6, and never with control characters") {
  CHECK(to_string(tcp("::1", 6379)) == "[::1]:6379");
  CHECK(to_string(tcp("h\x1b[31m", 1)) == "h\\x1b[31m:1");
  CHECK(to_string(unix_socket("/a\nb")) == "/a\\x0ab");
}

}  // namespace
}  // namespace rcache::redis
