#include "cli/io.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <string>
#include <utility>

#include "support/file_handle.h"

namespace rcache::cli {
namespace {

using test::FileHandle;

/// A pipe, and what was written into it so far.
struct Pipe {
  Pipe() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    reader = FileHandle(ends[0]);
    writer = FileHandle(ends[1]);
  }
  std::string read() const {
    std::string text(65536, '\0');
    const auto got = ::read(reader.get(), text.data(), text.size());
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
  }
  FileHandle reader;
  FileHandle writer;
};

struct Streams {
  Pipe out;
  Pipe err;
  Io io(const Environment& environment = {}) const {
    return Io({out.writer.get(), err.writer.get()}, environment);
  }
};

}  // namespace

TEST_CASE("io: each way to end has its exit code") {
  CHECK(exit_code(Outcome::done) == 0);
  CHECK(exit_code(Outcome::findings) == 1);
  CHECK(exit_code(Outcome::incomplete) == 4);
  CHECK(exit_code(Outcome::refused) == 5);
  const std::pair<ErrorKind, int> codes[] = {{ErrorKind::usage, 2},      {ErrorKind::connect, 3},
                                             {ErrorKind::server, 3},     {ErrorKind::protocol, 3},
                                             {ErrorKind::incomplete, 4}, {ErrorKind::output, 4},
                                             {ErrorKind::refused, 5},    {ErrorKind::bug, 70}};
  for (const auto& [kind, code] : codes) CHECK(exit_code(Error{kind, "x"}, 0) == code);
  CHECK(exit_code(Error{ErrorKind::interrupted, "x"}, SIGINT) == 130);
  CHECK(exit_code(Error{ErrorKind::interrupted, "x"}, SIGTERM) == 143);
  CHECK(exit_code(Error{ErrorKind::interrupted, "x"}, 0) == 130);
}

TEST_CASE("io: the result goes to stdout, errors and notes to stderr") {
  const Streams streams;
  auto io = streams.io();
  REQUIRE(io.write("result\n"));
  io.note("a note");
  io.print_error({ErrorKind::usage, "what", "do this"});
  io.print_error({ErrorKind::usage, "no hint"});
  CHECK(streams.out.read() == "result\n");
  CHECK(streams.err.read() == "a note\nrcache: what\nhint: do this\nrcache: no hint\n");
}

TEST_CASE("io: quiet silences notes and keeps errors") {
  const Streams streams;
  auto io = streams.io();
  io.set_quiet(true);
  io.note("a note");
  io.progress("10 %");
  io.print_error({ErrorKind::usage, "what"});
  CHECK(streams.err.read() == "rcache: what\n");
}

TEST_CASE("io: progress is for terminals") {
  const Streams streams;
  auto io = streams.io();
  for (int i = 0; i < 1000; ++i) io.progress("working");
  CHECK(streams.err.read().empty());
}

TEST_CASE("io: a closed pipe is told apart from a full disk") {
  std::signal(SIGPIPE, SIG_IGN);
  Streams streams;
  streams.out.reader.reset();
  auto io = streams.io();
  const auto written = io.write("x");
  REQUIRE_FALSE(written);
  CHECK(written.error().kind == ErrorKind::output);
  CHECK(io.pipe_closed());
  CHECK_FALSE(io.write("again"));

  const FileHandle full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  Io other({full.get(), streams.err.writer.get()}, {});
  const auto refused = other.write("x");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        "cannot write the result to standard output: No space left on device");
  CHECK_FALSE(other.pipe_closed());
}

TEST_CASE("io: colour off a terminal only when it is forced") {
  const Streams streams;
  using Variables = std::map<std::string, std::string>;
  const std::pair<Variables, bool> cases[] = {
      {{}, false},
      {{{"CLICOLOR_FORCE", "1"}}, true},
      {{{"CLICOLOR_FORCE", "0"}}, false},
      {{{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}, false},
      {{{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", ""}}, true},
      {{{"CLICOLOR_FORCE", "1"}, {"TERM", "dumb"}}, false},
  };
  for (const auto& [variables, wanted] : cases) {
    auto io = streams.io(Environment(variables));
    CHECK(io.look().color == wanted);
    io.set_color(ColorMode::always);
    CHECK(io.look().color);
    io.set_color(ColorMode::never);
    CHECK_FALSE(io.look().color);
  }
}

TEST_CASE("io: off a terminal the screen is 80x24, and blocks are drawn in UTF-8 only") {
  const Streams streams;
  const auto look = streams.io(Environment({{"COLUMNS", "40"}, {"LANG", "C"}})).look();
  CHECK_FALSE(look.terminal);
  CHECK(look.width == 80);
  CHECK(look.height == 24);
  CHECK_FALSE(look.unicode);
  const auto unicode = [&](std::map<std::string, std::string> variables) {
    return streams.io(Environment(std::move(variables))).look().unicode;
  };
  CHECK_FALSE(unicode({}));
  CHECK(unicode({{"LANG", "de_DE.UTF-8"}}));
  CHECK(unicode({{"LANG", "en_US.utf8"}}));
  CHECK(unicode({{"LANG", "C"}, {"LC_CTYPE", "C.UTF-8"}}));
  CHECK_FALSE(unicode({{"LANG", "C.UTF-8"}, {"LC_ALL", "C"}}));
  CHECK(unicode({{"LANG", "C.UTF-8"}, {"LC_ALL", ""}}));
}

}  // namespace rcache::cli
