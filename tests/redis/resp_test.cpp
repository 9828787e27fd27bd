#include "redis/resp.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "redis/replies.h"

namespace rcache::redis {
namespace {

struct Example {
  const char* name;
  std::string bytes;
  Reply reply;
};

/// Source: https://redis.io/docs/latest/develop/reference/protocol-spec/ (RESP2 types)
std::vector<Example> examples() {
  using namespace std::string_literals;
  return {
      {"status", "+OK\r\n", status("OK")},
      {"empty status", "+\r\n", status("")},
      {"error", "-NOPERM no access\r\n", refused("NOPERM no access")},
      {"number", ":1000\r\n", number(1000)},
      {"negative number", ":-2\r\n", number(-2)},
      {"largest number", ":9223372036854775807\r\n", number(INT64_MAX)},
      {"smallest number", ":-9223372036854775808\r\n", number(INT64_MIN)},
      {"bulk string", "$5\r\nhello\r\n", bulk("hello")},
      {"empty bulk string", "$0\r\n\r\n", bulk("")},
      {"bulk string with line ends and NUL", "$6\r\n\r\n\0\r\n$\r\n"s, bulk("\r\n\0\r\n$"s)},
      {"nil", "$-1\r\n", nil()},
      {"nil array", "*-1\r\n", nil()},
      {"empty array", "*0\r\n", list({})},
      {"array of all types", "*5\r\n+a\r\n-ERR b\r\n:3\r\n$1\r\nd\r\n$-1\r\n",
       list({status("a"), refused("ERR b"), number(3), bulk("d"), nil()})},
      {"nested arrays", "*3\r\n*2\r\n:1\r\n*1\r\n$1\r\nx\r\n*0\r\n*-1\r\n",
       list({list({number(1), list({bulk("x")})}), list({}), nil()})},
      {"seven levels", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:7\r\n",
       list({list({list({list({list({list({list({number(7)})})})})})})})},
  };
}

Reply read_one(ReplyReader& reader) {
  auto reply = reader.next();
  REQUIRE(reply);
  REQUIRE(reply->has_value());
  return std::move(**reply);
}

/// Feeds in pieces of `step` bytes and asks after each, as a connection does.
Result<void> feed_in_pieces(ReplyReader& reader, std::string_view bytes, std::size_t step) {
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    if (auto fed = reader.feed(bytes.substr(at, step)); !fed) return fail(fed.error());
    auto reply = reader.next();
    if (!reply) return fail(reply.error());
    REQUIRE_FALSE(reply->has_value());
  }
  return {};
}

TEST_CASE("ReplyReader: every type comes out as it was sent") {
  for (const auto& example : examples()) {
    CAPTURE(std::string(example.name));
    ReplyReader reader;
    REQUIRE(reader.feed(example.bytes));
    CHECK(read_one(reader) == example.reply);
    const auto more = reader.next();
    REQUIRE(more);
    CHECK_FALSE(more->has_value());
  }
}

TEST_CASE("ReplyReader: bytes cut at any position, or fed one by one, make the same reply") {
  for (const auto& example : examples()) {
    CAPTURE(std::string(example.name));
    const std::string_view bytes = example.bytes;
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
      CAPTURE(cut);
      ReplyReader reader;
      REQUIRE(reader.feed(bytes.substr(0, cut)));
      const auto early = reader.next();
      REQUIRE(early);
      CHECK_FALSE(early->has_value());
      REQUIRE(reader.feed(bytes.substr(cut)));
      CHECK(read_one(reader) == example.reply);
    }
    ReplyReader reader;
    REQUIRE(feed_in_pieces(reader, bytes.substr(0, bytes.size() - 1), 1));
    REQUIRE(reader.feed(bytes.substr(bytes.size() - 1)));
    CHECK(read_one(reader) == example.reply);
  }
}

TEST_CASE("ReplyReader: many replies in one piece come out one after the other") {
  std::string all;
  for (const auto& example : examples()) all += example.bytes;
  for (std::size_t cut = 0; cut < all.size(); ++cut) {
    CAPTURE(cut);
    ReplyReader reader;
    std::vector<Reply> replies;
    for (const auto piece :
         {std::string_view(all).substr(0, cut), std::string_view(all).substr(cut)}) {
      REQUIRE(reader.feed(piece));
      for (auto reply = reader.next(); reply->has_value(); reply = reader.next()) {
        replies.push_back(std::move(**reply));
      }
    }
    REQUIRE(replies.size() == examples().size());
    for (std::size_t i = 0; i < replies.size(); ++i) CHECK(replies[i] == examples()[i].reply);
  }
}

TEST_CASE("ReplyReader: says whether a reply has begun and is not whole") {
  ReplyReader reader;
  CHECK_FALSE(reader.inside_reply());
  for (const char* piece : {"*", "2\r\n", ":1\r\n", ":2\r"}) {
    CAPTURE(piece);
    REQUIRE(reader.feed(piece));
    REQUIRE(reader.next());
    CHECK(reader.inside_reply());
  }
  REQUIRE(reader.feed("\n"));
  read_one(reader);
  CHECK_FALSE(reader.inside_reply());
}

TEST_CASE("ReplyReader: bytes that are no RESP2 are refused, in words") {
  struct Case {
    const char* name;
    std::string bytes;
    const char* says;
  };
  const Case cases[] = {
      {"more elements than an int", "*4294967295\r\n", ""},
      {"more elements than memory", "*2147483647\r\n", "a reply of more than 1048576 elements"},
      {"elements by nesting", "*1048576\r\n*1\r\n", "a reply of more than 1048576 elements"},
      {"negative array", "*-2\r\n", ""},
      {"nesting of eight", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "nested"},
      {"string of 4 GB", "$4000000000\r\n",
       "the server announced a string of 4000000000 bytes; at most 67108864 are accepted"},
      {"string of more than 64 bits", "$99999999999999999999\r\n", ""},
      {"negative string", "$-2\r\n", ""},
      {"string longer than it says", "$3\r\nhello\r\n",
       "a bulk string does not end where its length says"},
      {"string with a wrong end", "$5\r\nhelloXY",
       "a bulk string does not end where its length says"},
      {"not a number", ":12a\r\n", ""},
      {"no number at all", ":\r\n", ""},
      {"number too large", ":9223372036854775808\r\n", ""},
      {"length that is no number", "$abc\r\n", ""},
      {"length with something behind it", "$3x\r\nabc\r\n", ""},
      {"length that wraps around to 3", "$18446744073709551619\r\nabc\r\n", ""},
      {"count that is no number", "*x\r\n", ""},
      {"count that wraps around to 1", "*18446744073709551617\r\n:1\r\n", ""},
      {"no count at all", "*1\r\n*\r\n", ""},
      {"unknown type", "hello\r\n", "\"h\""},
      {"control character as type", std::string("\x15\x03\x01\r\n"), ""},
      {"map", "%1\r\n+a\r\n+b\r\n", ""},
      {"null", "_\r\n", ""},
      {"boolean", "#t\r\n", ""},
      {"double", ",1.5\r\n", ""},
      {"set", "~1\r\n+a\r\n", ""},
      {"push", ">1\r\n+a\r\n", ""},
      {"big number", "(3492890328409238509324850943850943825024385\r\n", ""},
      {"verbatim string", "=7\r\ntxt:abc\r\n", ""},
      {"null in an array", "*1\r\n_\r\n", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.name));
    ReplyReader reader;
    REQUIRE(reader.feed(c.bytes));
    const auto reply = reader.next();
    REQUIRE_FALSE(reply);
    CAPTURE(reply.error().message);
    CHECK(reply.error().kind == ErrorKind::protocol);
    CHECK(reply.error().message.find(c.says) != std::string::npos);
    CHECK(reply.error().message.find("memory") == std::string::npos);
    for (const char byte : reply.error().message) CHECK(static_cast<unsigned char>(byte) >= 0x20);
  }
}

struct Refused {
  std::string message;
  std::size_t fed = 0;  ///< bytes that were taken until then
};

/// Feeds `start` and then `piece` again and again.
Refused feed_until_refused(ReplyBounds bounds, std::string_view start, std::string_view piece) {
  constexpr std::size_t k_never = 80U << 20U;
  ReplyReader reader(bounds);
  Refused end;
  auto going = feed_in_pieces(reader, start, start.size());
  while (going && end.fed < k_never) {
    going = feed_in_pieces(reader, piece, piece.size());
    end.fed += piece.size();
  }
  REQUIRE_FALSE(going);
  CHECK(going.error().kind == ErrorKind::protocol);
  end.message = going.error().message;
  return end;
}

TEST_CASE("ReplyReader: a line that never ends is refused soon after its bound") {
  for (const char* type : {"+", "-", ":", "$", "*"}) {
    CAPTURE(type);
    const auto end = feed_until_refused({}, type, std::string(4096, '1'));
    CHECK(end.message == "the server sent a line of more than 65536 bytes");
    CHECK(end.fed <= 65536 + 4096);
  }
}

TEST_CASE("ReplyReader: what a server can make us hold is bounded, whatever the shape") {
  const std::string piece(65536, 'x');
  auto end = feed_until_refused({}, "$67108864\r\n", piece);
  CHECK(end.message == "the server sent a reply of more than 67108864 bytes");
  CHECK(end.fed <= ReplyBounds().reply_bytes + piece.size());

  const std::string element = "$65500\r\n" + std::string(65500, 'x') + "\r\n";
  end = feed_until_refused({.reply_bytes = 1U << 20U}, "*1000\r\n", element);
  CHECK(end.message == "the server sent a reply of more than 1048576 bytes");
  CHECK(end.fed <= (1U << 20U) + element.size());

  std::string numbers = "*200\r\n";
  for (int i = 0; i < 200; ++i) numbers += ":1\r\n";
  end = feed_until_refused({.elements = 1000}, "*100\r\n", numbers);
  CHECK(end.message == "the server sent a reply of more than 1000 elements");
}

TEST_CASE("ReplyReader: the bounds are per reply, not for all replies together") {
  ReplyReader reader({.reply_bytes = 100, .elements = 2, .line_bytes = 20});
  for (int i = 0; i < 50; ++i) {
    REQUIRE(reader.feed("*2\r\n$5\r\nhello\r\n:1\r\n*2\r\n:"));
    CHECK(read_one(reader) == list({bulk("hello"), number(1)}));
    const auto early = reader.next();
    REQUIRE(early);
    REQUIRE_FALSE(early->has_value());
    REQUIRE(reader.feed("1\r\n:2\r\n"));
    CHECK(read_one(reader) == list({number(1), number(2)}));
  }
}

}  // namespace
}  // namespace rcache::redis
