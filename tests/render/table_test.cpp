#include "render/table.h"

#include <doctest/doctest.h>

#include <sstream>

#include "core/utf8.h"

namespace rcache::render {
namespace {

Table commands() {
  Table table({{"command", Align::left, true, false, 6},
               {"calls", Align::right},
               {"p50", Align::right, false, true},
               {"p99", Align::right, false, true}});
  table.add({"get", "1,234", "1.0", "20.5"});
  table.add({"client|no-evict", "7", "3.0", "-"});
  return table;
}

TEST_CASE("table: columns are aligned, and no line ends with a space") {
  CHECK(commands().text({}) ==
        "command          calls  p50   p99\n"
        "get              1,234  1.0  20.5\n"
        "client|no-evict      7  3.0     -\n");
  CHECK(commands().text({.width = 80, .indent = 2}) ==
        "  command          calls  p50   p99\n"
        "  get              1,234  1.0  20.5\n"
        "  client|no-evict      7  3.0     -\n");
}

TEST_CASE("table: too wide, the shrinkable column shrinks first, then the last optional one goes") {
  CHECK(commands().text({.width = 28}) ==
        "command     calls  p50   p99\n"
        "get         1,234  1.0  20.5\n"
        "client|no…      7  3.0     -\n");
  CHECK(commands().text({.width = 20}) ==
        "command   calls  p50\n"
        "get       1,234  1.0\n"
        "client|…      7  3.0\n");
  CHECK(commands().text({.width = 13, .charset = Charset::ascii}) ==
        "comma~  calls\n"
        "get     1,234\n"
        "clien~      7\n");
}

TEST_CASE("table: what cannot give way is cut at the edge") {
  CHECK(commands().text({.width = 9}) ==
        "comma…  …\n"
        "get     …\n"
        "clien…  7\n");
}

TEST_CASE("table: wide characters count two columns") {
  Table table({{"key"}, {"n", Align::right}});
  table.add({"日本", "1"});
  table.add({"a", "22"});
  CHECK(table.text({}) ==
        "key    n\n"
        "日本   1\n"
        "a     22\n");
}

TEST_CASE("table: colour wraps the words and not the spaces") {
  Table table({{"check"}, {"x"}});
  table.add({{"ok", Tone::ok}, "1"});
  CHECK(table.text({.color = Color::on}) ==
        "\x1b[1mcheck\x1b[0m  \x1b[1mx\x1b[0m\n"
        "\x1b[32mok\x1b[0m     1\n");
}

TEST_CASE("table: empty cells at the end leave no spaces, and no rows only the heading") {
  Table table({{"a"}, {"b"}});
  CHECK(table.empty());
  CHECK(table.text({}) == "a  b\n");
  table.add({"x", ""});
  CHECK(table.text({}) == "a  b\nx\n");
}

TEST_CASE("table: no line is ever wider than the terminal") {
  for (std::size_t width = 1; width <= 60; ++width) {
    std::istringstream lines(commands().text({.width = width}));
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(width);
      CAPTURE(line);
      CHECK(display_width(line) <= width);
    }
  }
}

}  // namespace
}  // namespace rcache::render
