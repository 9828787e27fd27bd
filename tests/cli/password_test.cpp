#include "cli/password.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "support/file_handle.h"
#include "support/temp_dir.h"

namespace rcache::cli {
namespace {

Result<std::string> read(const std::string& path) {
  return real_password_sources().from_file(path);
}

}  // namespace

TEST_CASE("password file: the first line without its end, byte for byte") {
  const test::TempDir folder;
  struct Case {
    std::string name;
    std::string text;
    std::string wanted;
  };
  const Case cases[] = {
      {"a line", "secret\n", "secret"},
      {"no line end", "secret", "secret"},
      {"Windows", "secret\r\nmore\r\n", "secret"},
      {"more lines", "secret\nmore\n", "secret"},
      {"blanks are part of it", "  se cret \n", "  se cret "},
      {"any byte but the line end", std::string("\x01\xff\0\"'%", 6) + "\n",
       std::string("\x01\xff\0\"'%", 6)},
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
  for (const auto& path :
       {folder.file("none"), folder.path(), folder.write("empty", ""),
        folder.write("line", "\nsecret\n"), folder.write("long", std::string(100'000, 'x')),
        std::string("/dev/null")}) {
    CAPTURE(path);
    const auto password = read(path);
    REQUIRE_FALSE(password);
    CHECK(password.error().kind == ErrorKind::usage);
    CHECK(password.error().message.find("'" + path + "'") != std::string::npos);
    CHECK(password.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("password file: a pipe whose writer takes its time, as of <(pass show redis)") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const test::FileHandle reader(ends[0]);
  test::FileHandle writer(ends[1]);
  std::thread slow([&writer] {
    for (const char letter : std::string("secret\n")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));  // what is tested is slowness
      if (::write(writer.get(), &letter, 1) != 1) break;
    }
    writer.reset();
  });
  const auto password = read("/proc/self/fd/" + std::to_string(reader.get()));
  slow.join();
  REQUIRE(password);
  CHECK(*password == "secret");
}

TEST_CASE("password file: a FIFO that nobody writes to is an error, not a wait") {
  const test::TempDir folder;
  REQUIRE(::mkfifo(folder.file("fifo").c_str(), 0600) == 0);
  CHECK_FALSE(read(folder.file("fifo")));
}

}  // namespace rcache::cli
