// Where output goes and how it looks: colour, width, character set, streams that are closed or
// full.
#include <string>
#include <tuple>
#include <vector>

#include "e2e/support.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

bool coloured(const std::string& text) {
  return contains(text, "\x1b[");
}

ProgramResult run_on_terminal(const Server& server, std::vector<std::string> flags,
                              std::vector<std::string> environment, unsigned short columns = 80) {
  std::vector<std::string> words{"stats", "-u", server.url()};
  words.insert(words.end(), flags.begin(), flags.end());
  return run(on_terminal(rcache_with(std::move(words), std::move(environment)), columns));
}

}  // namespace

TEST_CASE(
    "output: colour for terminals only, NO_COLOR and CLICOLOR_FORCE and --color decide otherwise") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  CHECK_FALSE(coloured(run_at(server, {"stats"}).out));
  CHECK(coloured(run_at(server, {"stats"}, {"CLICOLOR_FORCE=1"}).out));
  CHECK_FALSE(coloured(run_at(server, {"stats"}, {"CLICOLOR_FORCE=1", "NO_COLOR=1"}).out));
  CHECK_FALSE(coloured(run_at(server, {"stats"}, {"CLICOLOR_FORCE=0"}).out));
  CHECK(coloured(run_at(server, {"stats", "--color", "always"}).out));
  CHECK(coloured(run_at(server, {"stats", "--color=always"}, {"NO_COLOR=1"}).out));
  CHECK(coloured(run_on_terminal(server, {}, {}).screen));
  CHECK_FALSE(coloured(run_on_terminal(server, {}, {"NO_COLOR=1"}).screen));
  CHECK_FALSE(coloured(run_on_terminal(server, {}, {"TERM=dumb"}).screen));
  CHECK_FALSE(coloured(run_on_terminal(server, {"--color", "never"}, {}).screen));
}

TEST_CASE("output: forms for machines are never coloured") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const char* form : {"json", "ndjson", "csv", "prometheus"}) {
    CAPTURE(std::string(form));
    CHECK_FALSE(coloured(run_at(server, {"stats", "-o", form, "--color", "always"}).out));
  }
}

TEST_CASE("output: without a UTF-8 locale every byte is ASCII") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--maxmemory", "100mb"}});
  read_three_of_four(server);
  for (const auto& locale : std::vector<std::vector<std::string>>{{"LANG=C"},
                                                                  {"LANG"},
                                                                  {"LANG=de_DE.UTF-8", "LC_ALL=C"},
                                                                  {"LANG=POSIX"},
                                                                  {"LANG=de_DE.ISO-8859-1"}}) {
    CAPTURE(locale.front());
    const auto result = run_at(server, {"stats"}, locale);
    CHECK(result.exit_code == 0);
    CHECK(is_ascii(result.out));
    CHECK(is_ascii(run_at(server, {"stats", "--window", "100ms", "--per-node"}, locale).out));
  }
  CHECK_FALSE(is_ascii(run_at(server, {"stats"}, {"LANG=en_US.utf8"}).out));
  CHECK(is_ascii(run_rcache({"stats", "--help"}, {"LANG=C"}).out));
}

TEST_CASE("output: no line is wider than the terminal, down to 40 columns") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--maxmemory", "100mb"}});
  read_three_of_four(server);
  for (const unsigned short columns : std::vector<unsigned short>{40, 60, 80, 200}) {
    CAPTURE(columns);
    const auto result = run_on_terminal(
        server, {"--color", "never", "--per-node", "--window", "100ms"}, {"LANG=C"}, columns);
    CHECK(result.exit_code == 0);
    for (const auto& line : lines_of(result.screen)) {
      CAPTURE(line);
      CHECK(line.size() <= columns + 1U);  // with its '\r'
    }
  }
}

TEST_CASE("output: on a pipe the width is 80, whatever COLUMNS says") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const char* columns :
       {"COLUMNS=40", "COLUMNS=abc", "COLUMNS=-1", "COLUMNS=99999999999999999999"}) {
    CAPTURE(std::string(columns));
    const auto result = run_at(server, {"stats"}, {columns});
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
    for (const auto& line : lines_of(result.out)) CHECK(line.size() <= 90);  // bytes: µ has two
  }
}

TEST_CASE("output: a reader that goes away ends it quietly") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const std::size_t bytes : {0U, 1U, 100U}) {
    CAPTURE(bytes);
    auto options = rcache_with({"stats", "-u", server.url(), "-o", "json"});
    options.reader_leaves_after = bytes;
    const auto result = run(options);
    CAPTURE(result.describe());
    CHECK(result.exit_code == 0);
    CHECK(result.signal == 0);
    CHECK(result.err.empty());
  }
  auto help = rcache_with({"stats", "--help"});
  help.reader_leaves_after = 0;
  const auto result = run(help);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
}

TEST_CASE("output: a verdict survives a reader that goes away") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.command({"GET", "absent"});
  auto options = rcache_with({"stats", "-u", server.url(), "--check"});
  options.reader_leaves_after = 0;
  CHECK(run(options).exit_code == 1);
}

TEST_CASE("output: a full disk is an error, in every form and for help") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const std::vector<std::vector<std::string>> lines = {
      {"stats", "-u", server.url()},
      {"stats", "-u", server.url(), "-o", "json"},
      {"stats", "-u", server.url(), "--watch", "100ms"},
      {"stats", "--help"},
      {"help", "exit-codes"},
      {"--version"}};
  for (const auto& words : lines) {
    auto options = rcache_with(words);
    options.out = Stream::full;
    check_refused(run(options), 4,
                  "cannot write the result to standard output: No space left on device");
  }
}

TEST_CASE("output: closed standard streams are no trouble, and reach no server") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const auto& [in, out, err] : {std::tuple{Stream::closed, Stream::pipe, Stream::pipe},
                                     std::tuple{Stream::pipe, Stream::closed, Stream::pipe},
                                     std::tuple{Stream::pipe, Stream::pipe, Stream::closed},
                                     std::tuple{Stream::closed, Stream::closed, Stream::closed}}) {
    auto options = rcache_with({"stats", "-u", server.url()});
    options.in = in;
    options.out = out;
    options.err = err;
    const auto result = run(options);
    CAPTURE(result.describe());
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
    auto failing = rcache_with({"stats", "-p", std::to_string(free_port())});
    failing.in = in;
    failing.out = out;
    failing.err = err;
    CHECK(run(failing).exit_code == 3);
  }
  // Nothing that was meant for a stream arrived as a command: the one that 7.0 does not know is
  // ours.
  for (const auto& line : lines_of(server.command({"INFO", "commandstats"}).text)) {
    CAPTURE(line);
    if (contains(line, "failed_calls=")) CHECK(contains(line, "failed_calls=0"));
  }
  const auto errors = std::stoi(server.info("total_error_replies"));
  REQUIRE(run_at(server, {"stats"}).exit_code == 0);
  CHECK(errors == 4 * (std::stoi(server.info("total_error_replies")) - errors));
}

TEST_CASE("output: --quiet leaves the result and the errors") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const auto result = run_at(server, {"stats", "-q"});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "Hit ratio"));
  check_refused(run_rcache({"stats", "-q", "-p", std::to_string(free_port())}), 3,
                "Connection refused");
}

}  // namespace rcache::test
