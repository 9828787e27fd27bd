#include "render/screen.h"

#include <doctest/doctest.h>

namespace rcache::render {

TEST_CASE("screen: paragraphs, facts and lines, broken at the width") {
  Screen screen({30, Color::off, Charset::ascii});
  screen.paragraph("one two three four five six seven");
  screen.paragraph("indented words that do not fit", Tone::fail, 2);
  screen.blank();
  screen.fact("Label", {"piece one", "piece two", "three"});
  screen.line("as it is");
  CHECK(std::move(screen).take() ==
        "one two three four five six\n"
        "seven\n"
        "  indented words that do not\n"
        "  fit\n"
        "\n"
        "Label       piece one\n"
        "            piece two, three\n"
        "as it is\n");
}

TEST_CASE("screen: colour goes around words, not around the margin") {
  Screen screen({40, Color::on, Charset::unicode});
  screen.paragraph("bad", Tone::fail, 2);
  CHECK(std::move(screen).take() == "  \x1b[1;31mbad\x1b[0m\n");
}

TEST_CASE("screen: words beside a head go on under themselves; a long label is cut") {
  Screen screen({25, Color::on, Charset::ascii});
  screen.beside(paint("FAIL", Tone::fail, Color::on) + "  ", 6, "more words than fit on a line");
  screen.fact("A label that is long", {"piece"});
  CHECK(std::move(screen).take() ==
        "\x1b[1;31mFAIL\x1b[0m  more words than fit\n"
        "      on a line\n"
        "A label th~ piece\n");
}

TEST_CASE("screen: never narrower than 20 columns, nor wider than 110") {
  CHECK(Screen({1, Color::off, Charset::ascii}).width() == 20);
  CHECK(Screen({500, Color::off, Charset::ascii}).width() == 110);
}

TEST_CASE("screen: no line is a command to the runner of a CI job, whatever a key is named") {
  Screen screen({80, Color::off, Charset::ascii});
  Table table({{.title = "TAG"}});
  table.add({"::error file=x::y"});
  screen.table(table);
  screen.line("##[error]x");
  screen.paragraph("a ::b");
  CHECK(std::move(screen).take() ==
        "TAG\n"
        "\\x3a:error file=x::y\n"
        "##\\x5berror]x\n"
        "a ::b\n");
}

}  // namespace rcache::render
