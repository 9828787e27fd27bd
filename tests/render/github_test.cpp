#include "render/github.h"

#include <doctest/doctest.h>

#include <string>

namespace rcache::render {

TEST_CASE("github: an annotation is one line, whatever is in it") {
  CHECK(github_annotation(Annotation::error, "ttl", "two\nlines") ==
        "::error title=ttl::two%0Alines\n");
  CHECK(github_annotation(Annotation::warning, "a:b,c%", "100%: a,b") ==
        "::warning title=a%3Ab%2Cc%25::100%25: a,b\n");
  CHECK(github_annotation(Annotation::notice, "x\n::set-output name=a::b", "\r\x1b[2J\xff") ==
        "::notice title=x%0A%3A%3Aset-output name=a%3A%3Ab::\\x0d\\x1b[2J\\xff\n");
  CHECK(github_annotation(Annotation::error, "%0A", "%0A::error::") ==
        "::error title=%250A::%250A::error::\n");
}

TEST_CASE("github: no line of a text is a command any more") {
  struct Case {
    const char* text;
    const char* wanted;
  };
  const Case cases[] = {
      {"", ""},
      {"plain\n", "plain\n"},
      {"a::b\n", "a::b\n"},
      {"::set-output name=x::y\n", "\\x3a:set-output name=x::y\n"},
      {"  \t::error::y", "  \t\\x3a:error::y"},
      {"ok\n::stop-commands::token\nok", "ok\n\\x3a:stop-commands::token\nok"},
      {"\xc2\xa0\xe3\x80\x80::error::x", "\xc2\xa0\xe3\x80\x80\\x3a:error::x"},
      {"::::", "\\x3a:::"},
      {"a ##[error]b ##[x]", "a ##\\x5berror]b ##\\x5bx]"},
      {"##[##[", "##\\x5b##\\x5b"},
      {"# [x]: y", "# [x]: y"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(without_workflow_commands(c.text) == c.wanted);
  }
}

}  // namespace rcache::render
