#include "cli/password.h"

#include <doctest/doctest.h>

#include <string>

#include "support/temp_dir.h"

namespace rcache::cli {
namespace {

Result<std::string> read(const std::string& path) { return real_password_sources().from_file(path); }

}  // namespace

TEST_CASE("password file: the first line without its end, byte for byte") {
  const test::TempDir folder;
  struct Case {
    const char* name;
    std::string text;
    std::string wanted;
  };
  const Case cases[] = {
      {"a line", "secret\n", "secret"},
      {"no line end", "secret", "secret"},
      {"Windows", "secret\r\nmore\r\n", "secret"},
      {"more lines", "secret\nmore\n", "secret"},
      {"blanks are part of it", "  se cret \n", "  se cret "},
      {"any byte but the line end", std::string("\x01\xff\0\"'%", 6) + "\n", std::string("\x01\xff\0\"'%", 6)},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto password = read(folder.write("pass", c.text));
    REQUIRE(password);
    CHECK(*password == c.wanted);
  }
}

TEST_CASE("password file: what has no password is a usage error that names the file") {
  const test::TempDir folder;
  for (const auto& path : {folder.file("none"), folder.path(), folder.write("empty", ""), folder.write("line", "\nsecret\n"),
                           folder.write("long", std::string(100'000, 'x')), std::string("/dev/null")}) {
    CAPTURE(path);
    const auto password = read(path);
    REQUIRE_FALSE(password);
    CHECK(password.error().kind == ErrorKind::usage);
    CHECK(password.error().message.find("'" + path + "'") != std::string::npos);
    CHECK(password.error().message.find("secret") == std::string::npos);
  }
}

}  // namespace rcache::cli
