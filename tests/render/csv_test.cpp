#include "render/csv.h"

#include <doctest/doctest.h>

#include <limits>

namespace rcache::render {
namespace {

TEST_CASE("csv: RFC 4180 quotes what holds a comma, a quote or a line end") {
  CHECK(CsvLine().text("a").text("b c").str() == "a,b c\n");
  CHECK(CsvLine().text("a,b").str() == "\"a,b\"\n");
  CHECK(CsvLine().text("say \"hi\"").str() == "\"say \"\"hi\"\"\"\n");
  CHECK(CsvLine().text("two\nlines").str() == "\"two\nlines\"\n");
  CHECK(CsvLine().text("").text("").str() == ",\n");
}

TEST_CASE("csv: a cell that a CI runner would take for a command is quoted, and stays what it is") {
  CHECK(CsvLine().text("::error file=x::y").text("a").str() == "\"::error file=x::y\",a\n");
  CHECK(CsvLine().text("  ::error::").str() == "\"  ::error::\"\n");
  CHECK(CsvLine().text("a::b").str() == "a::b\n");
}

TEST_CASE("csv: text that a spreadsheet would run is disarmed, numbers are not touched") {
  struct Case {
    const char* text;
    const char* line;
  };
  const Case cases[] = {{"=1+1", "'=1+1\n"},
                        {"+1", "'+1\n"},
                        {"-1", "'-1\n"},
                        {"@SUM(A1)", "'@SUM(A1)\n"},
                        {"\tx", "'\tx\n"},
                        {"\rx", "\"'\rx\"\n"},
                        {"=cmd|' /C calc'!A0,1", "\"'=cmd|' /C calc'!A0,1\"\n"},
                        {"a=b", "a=b\n"}};
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(CsvLine().text(c.text).str() == c.line);
  }
  CHECK(CsvLine().number(std::optional<std::int64_t>(-5)).str() == "-5\n");
  CHECK(CsvLine().number(std::optional(-0.5)).str() == "-0.5\n");
}

TEST_CASE("csv: unknown and not finite are empty fields") {
  CHECK(CsvLine()
            .number(std::optional<std::int64_t>())
            .number(std::optional<double>())
            .number(std::optional(std::numeric_limits<double>::infinity()))
            .number(std::optional(0.75))
            .str() == ",,,0.75\n");
}

}  // namespace
}  // namespace rcache::render
