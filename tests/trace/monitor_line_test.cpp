#include "trace/monitor_line.h"

#include <doctest/doctest.h>

namespace rcache::trace {
namespace {

using namespace std::string_literals;

MonitorLine whole(std::string_view line) {
  CAPTURE(line);
  MonitorLine out;
  const char* why = read_monitor_line(line, out);
  REQUIRE_MESSAGE(why == nullptr, std::string(why == nullptr ? "" : why));
  return out;
}

}  // namespace

TEST_CASE("read_monitor_line: the forms that servers have") {
  struct Case {
    const char* line;
    std::int64_t time_ns;
    int database;
    const char* source;
  };
  const Case cases[] = {
      {R"(1795229574.519795 [0 127.0.0.1:43272] "SeT" "k" "v")", 1795229574519795000, 0,
       "127.0.0.1:43272"},
      {R"(+1795229574.519795 [15 127.0.0.1:43272] "SeT" "k")", 1795229574519795000, 15,
       "127.0.0.1:43272"},
      {R"(1795228951.929407 [0 lua] "SeT" "k")", 1795228951929407000, 0, "lua"},
      {R"(1795228951.932641 [0 unix:/run/redis/r.sock] "SeT" "k")", 1795228951932641000, 0,
       "unix:/run/redis/r.sock"},
      {R"(1795228951.932641 [0 unix:/tmp/a ] [b.sock] "SeT" "k")", 1795228951932641000, 0,
       "unix:/tmp/a ] [b.sock"},
      {R"(1795229574.601444 [3 [::1]:54334] "SeT")", 1795229574601444000, 3, "[::1]:54334"},
      {R"(1339518083.107412 (db 2) "SeT" "k")", 1339518083107412000, 2, ""},
      {R"(12.5 [0 a:1] "SeT" "k")", 12500000000, 0, "a:1"},
      {R"(1795229574.51979512 [0 a:1] "SeT" "k")", 1795229574519795120, 0, "a:1"},
  };
  for (const auto& c : cases) {
    const auto line = whole(c.line);
    CHECK(line.time_ns == c.time_ns);
    CHECK(line.database == c.database);
    CHECK(line.source == c.source);
    CHECK(line.verb == "SeT");
  }
}

TEST_CASE("read_monitor_line: what is wrong is named") {
  const std::pair<const char*, const char*> cases[] = {
      {"hello", "no time (seconds.microseconds) at its begin"},
      {"", "no time (seconds.microseconds) at its begin"},
      {R"(1795229574 [0 a:1] "get" "k")", "no time (seconds.microseconds) at its begin"},
      {R"(1795229574. [0 a:1] "get" "k")", "no time (seconds.microseconds) at its begin"},
      {R"(179522957a.519795 [0 a:1] "get" "k")", "no time (seconds.microseconds) at its begin"},
      {R"(1795229574.51979: [0 a:1] "get" "k")", "no time (seconds.microseconds) at its begin"},
      {R"(9999999999.519795 [0 a:1] "get" "k")", "no time (seconds.microseconds) at its begin"},
      {R"(99999999999999999999999.5 [0 a:1] "get")", "no time (seconds.microseconds) at its begin"},
      {R"(1795229574.519795 0 a:1 "get" "k")", "no [database source] behind the time"},
      {R"(1795229574.519795 [0 a:1])", "no [database source] behind the time"},
      {R"(1795229574.519795 "get")", "no [database source] behind the time"},
      {R"(1795229574.519795 (db) "get")", "no [database source] behind the time"},
      {R"(1795229574.519795 [x a:1] "get")", "no database number in the brackets"},
      {R"(1795229574.519795 [99999 a:1] "get")", "no database number in the brackets"},
      {R"(1795229574.519795 [0 a:1] "get)", "a word without its closing quote"},
  };
  for (const auto& [text, why] : cases) {
    CAPTURE(text);
    MonitorLine out;
    const char* said = read_monitor_line(text, out);
    REQUIRE(said != nullptr);
    CHECK(std::string(said) == why);
  }
}

TEST_CASE("read_words: escapes are undone, sizes are of what was sent") {
  std::vector<QuotedWord> words;
  std::string room;
  REQUIRE(read_words(R"( "\x01\x02\xff\xfe \xc3\xa9" "va\n\r\t\a\b\"\\\x00\x7f\x1b" "" "plain")",
                     words) == nullptr);
  REQUIRE(words.size() == 4);
  CHECK(unescape(words[0], room) == "\x01\x02\xff\xfe \xc3\xa9");
  CHECK(words[0].size == 7);
  CHECK(unescape(words[1], room) == "va\n\r\t\a\b\"\\\0\x7f\x1b"s);
  CHECK(words[1].size == 12);
  CHECK(unescape(words[2], room).empty());
  CHECK(unescape(words[3], room) == "plain");
  CHECK(unescape(words[3], room).data() == words[3].text.data());
}

TEST_CASE("read_words: a word that does not end, a bad escape, something between") {
  std::vector<QuotedWord> words;
  for (const char* text : {R"( "a)", R"( "a\)", R"( "a\")", R"( "a\x1)", R"( "a\xzz")", R"("a")",
                           R"( "a""b")", R"( "a"  "b")", R"( a)", " ", R"( "a" )"}) {
    CAPTURE(text);
    CHECK(read_words(text, words) != nullptr);
  }
  CHECK(read_words("", words) == nullptr);
  CHECK(words.empty());
}

TEST_CASE("read_words: quotes and backslashes are found at every place of a word") {
  std::vector<QuotedWord> words;
  std::string room;
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      const auto line =
          " \"" + std::string(before, 'x') + "\\\"" + std::string(2 * after, '\\') + "y\" \"z\"";
      REQUIRE(read_words(line, words) == nullptr);
      REQUIRE(words.size() == 2);
      CHECK(unescape(words[0], room) ==
            std::string(before, 'x') + "\"" + std::string(after, '\\') + "y");
      CHECK(words[0].size == before + 2 + after);
    }
  }
}

}  // namespace rcache::trace
