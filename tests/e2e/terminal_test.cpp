// `rcache stats --watch` on a terminal: it redraws in place, fits, and leaves a usable terminal.
#include <algorithm>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/support.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

constexpr std::string_view k_home = "\x1b[H";
constexpr std::string_view k_clear_rest = "\x1b[J";

/// The screens that were drawn whole: what stands between "home" and "clear the rest".
std::vector<std::string> screens(const std::string& written) {
  std::vector<std::string> all;
  std::size_t at = 0;
  while ((at = written.find(k_home, at)) != std::string::npos) {
    const auto end = written.find(k_clear_rest, at);
    if (end == std::string::npos) break;
    all.push_back(written.substr(at + k_home.size(), end - at - k_home.size()));
    at = end;
  }
  return all;
}

/// Columns that a line takes: bytes without escape sequences and without what continues a UTF-8
/// character.
std::size_t width_of(const std::string& line) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\x1b') {
      i = line.find_first_of("mKHJ", i);
      if (i == std::string::npos) break;
    } else if (line[i] != '\r' && (static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80U) {
      ++width;
    }
  }
  return width;
}

void check_fits(const std::string& screen, std::size_t columns, std::size_t rows) {
  CAPTURE(screen);
  const auto lines = lines_of(screen);
  // A line end on the last row would scroll the first one out.
  CHECK(static_cast<std::size_t>(std::count(screen.begin(), screen.end(), '\n')) < rows);
  CHECK(lines.size() <= rows);
  for (const auto& line : lines) CHECK(width_of(line) <= columns);
}

void wait_for_screens(Program& program, std::size_t wanted) {
  wait_until("the redraw", [&] { return screens(program.so_far().screen).size() >= wanted; });
}

ProgramOptions watch(const Server& server, unsigned short columns, unsigned short rows) {
  return on_terminal(rcache_with({"stats", "-u", server.url(), "--watch", "100ms"}), columns, rows);
}

}  // namespace

TEST_CASE("terminal: a watch redraws in place and fits, from 40x12 on") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--maxmemory", "100mb"}});
  read_three_of_four(server);
  struct Size {
    unsigned short columns;
    unsigned short rows;
  };
  for (const auto size : {Size{80, 24}, Size{40, 12}, Size{200, 60}, Size{20, 5}}) {
    CAPTURE(size.columns);
    Program program(watch(server, size.columns, size.rows));
    wait_for_screens(program, 3);
    program.type("\x03");
    const auto& result = program.wait();
    CHECK(result.exit_code == 130);
    for (const auto& screen : screens(result.screen)) check_fits(screen, size.columns, size.rows);
  }
}

TEST_CASE("terminal: the small screen still shows the title and the verdict") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  read_three_of_four(server);
  Program program(watch(server, 40, 12));
  wait_for_screens(program, 2);
  program.type("\x03");
  const auto screen = screens(program.wait().screen).back();
  CHECK(contains(screen, "redis "));
  CHECK(contains(screen, "Not healthy"));
}

TEST_CASE("terminal: a window that changes its size is followed") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(watch(server, 80, 24));
  wait_for_screens(program, 1);
  program.resize(50, 15);
  const auto before = screens(program.so_far().screen).size();
  wait_for_screens(program, before + 3);
  program.type("\x03");
  check_fits(screens(program.wait().screen).back(), 50, 15);
}

TEST_CASE("terminal: Ctrl-C leaves the cursor on a line of its own and switches nothing off") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(watch(server, 80, 24));
  wait_for_screens(program, 2);
  program.type("\x03");
  const auto& result = program.wait();
  CHECK(result.exit_code == 130);
  CHECK(result.left_behind.empty());
  // No alternate screen, no hidden cursor, no mode that something would have to switch back.
  CHECK_FALSE(contains(result.screen, "\x1b[?"));
  // Behind the last screen: the terminal's own echo of Ctrl-C, and a new line for the prompt.
  const auto rest = result.screen.substr(result.screen.rfind(k_clear_rest) + k_clear_rest.size());
  CHECK((rest.empty() || rest == "^C" || rest == "^C\r\n"));
}

TEST_CASE("terminal: no colour when it is not wanted, and ASCII without UTF-8") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--maxmemory", "100mb"}});
  read_three_of_four(server);
  auto options = watch(server, 80, 24);
  options.environment = {"NO_COLOR=1", "LANG=C"};
  Program program(options);
  wait_for_screens(program, 2);
  program.type("\x03");
  const auto& result = program.wait();
  CHECK(is_ascii(result.screen));
  for (const char* colour : {"\x1b[1", "\x1b[3", "\x1b[0m", "\x1b[m"})
    CHECK_FALSE(contains(result.screen, colour));
}

}  // namespace rcache::test
