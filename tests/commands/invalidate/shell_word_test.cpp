#include "commands/invalidate/shell_word.h"

#include <doctest/doctest.h>

#include <string>

#include "core/utf8.h"
#include "samples.h"

namespace rcache::invalidate {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("shell_word: as it is where that is safe, else in the quotes that hold it") {
  struct Case {
    std::string path;
    const char* word;
  };
  const Case cases[] = {
      {"/var/backups/2026-11-21_a.rcb", "/var/backups/2026-11-21_a.rcb"},
      {"", "''"},
      {"two  blanks", "'two  blanks'"},
      {"it's", "'it'\\''s'"},
      {"$(id)`id`;*", "'$(id)`id`;*'"},
      {"~/a", "'~/a'"},
      {"=ls", "'=ls'"},  // zsh would look for the program
      {"caf\u00e9", "'caf\u00e9'"},
      {"-rf", "./-rf"},
      {"- f", "'./- f'"},
      {"back\\slash", "$'back\\\\slash'"},
      {"it's\n", "$'it\\'s\\x0a'"},
      {"\x1b[2J\xff\u202e", "$'\\x1b[2J\\xff\\xe2\\x80\\xae'"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.path);
    CHECK(shell_word(c.path) == c.word);
  }
}

TEST_CASE("shell_lines: a command that fits is one line, a longer one is broken inside its word") {
  CHECK(shell_lines("restore", "/tmp/a", 40) == Lines{"restore /tmp/a"});
  CHECK(shell_lines("restore", "/tmp/a/long/path/of/a.rcb", 20) ==
        Lines{"restore /tmp/a/long\\", "/path/of/a.rcb"});
  CHECK(shell_lines("restore", "/tmp/a 'long' path-of-it.rcb", 20) ==
        Lines{"restore '/tmp/a '\\", "''\\''long'\\'' path'\\", "-of-it.rcb"});
  CHECK(shell_lines("rcache restore", "\u202e-f", 20) ==
        Lines{"rcache restore \\", "$'\\xe2\\x80\\xae-f'"});
  for (std::size_t width = 20; width < 100; ++width) {
    for (const auto& line : shell_lines("rcache restore", k_hostile, width)) {
      CAPTURE(line);
      CHECK(display_width(line) <= width);
    }
  }
}

}  // namespace
}  // namespace rcache::invalidate
