#include "commands/tags/listing.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "support/scripted_context.h"

namespace rcache::tags {
namespace {

std::string listed(Format format, int rows) {
  test::KeptOutput output;
  Listing listing(output, format, "rows");
  render::Json head = render::Json::object();
  head["schema"] = "s/1";
  listing.begin(head, "n\n");
  for (int i = 0; i < rows; ++i) {
    render::Json row = render::Json::object();
    row["n"] = i;
    if (format == Format::csv) {
      listing.row_line(std::to_string(i) + "\n");
    } else {
      listing.row(row);
    }
  }
  render::Json rest = render::Json::object();
  rest["complete"] = true;
  CHECK(listing.finish(rest));
  return output.out;
}

}  // namespace

TEST_CASE("tags listing: one JSON document, whatever the number of rows") {
  for (const int rows : {0, 1, 2, 5000}) {
    CAPTURE(rows);
    const auto json = nlohmann::json::parse(listed(Format::json, rows));
    CHECK(json["schema"] == "s/1");
    CHECK(json["rows"].size() == static_cast<std::size_t>(rows));
    CHECK(json["complete"] == true);
  }
  CHECK(listed(Format::json, 2) ==
        "{\n  \"schema\": \"s/1\",\n  \"rows\": [\n    {\"n\":0},\n    {\"n\":1}\n  ],\n"
        "  \"complete\": true\n}\n");
}

TEST_CASE("tags listing: NDJSON ends with a line that says whether all is there") {
  CHECK(listed(Format::ndjson, 1) == "{\"n\":0}\n{\"schema\":\"s/1\",\"complete\":true}\n");
  CHECK(listed(Format::csv, 1) == "n\n0\n");
}

TEST_CASE("tags listing: a reader that is gone is no failure") {
  test::KeptOutput output;
  output.closed = true;
  Listing listing(output, Format::csv, "rows");
  listing.begin(render::Json::object(), "n\n");
  for (int i = 0; i < 20'000; ++i) listing.row_line("0\n");
  CHECK(listing.unread());
  CHECK(listing.finish(render::Json::object()));
}

}  // namespace rcache::tags
