#include "render/json.h"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace rcache::render {
namespace {

TEST_CASE("key_json: UTF-8 is a string, other bytes are base64") {
  CHECK(dump(key_json("contacts:1"), JsonLayout::one_line) == "\"contacts:1\"\n");
  CHECK(dump(key_json("日本"), JsonLayout::one_line) == "\"日本\"\n");
  CHECK(dump(key_json("\xff\xfe"), JsonLayout::one_line) == "{\"base64\":\"//4=\"}\n");
  CHECK(dump(key_json(std::string(1, '\0')), JsonLayout::one_line) == "\"\\u0000\"\n");
}

TEST_CASE("number_json: what JSON cannot say is null") {
  CHECK(number_json(std::optional<std::int64_t>(INT64_MAX)).dump() == "9223372036854775807");
  CHECK(number_json(std::optional<std::int64_t>()).is_null());
  CHECK(number_json(std::optional(0.75)).dump() == "0.75");
  CHECK(number_json(std::numeric_limits<double>::quiet_NaN()).is_null());
  CHECK(number_json(std::numeric_limits<double>::infinity()).is_null());
}

TEST_CASE("dump: never throws, and shows a terminal nothing to act on") {
  Json document = Json::object();
  document["z"] = "raw \xff byte";
  document["a"] = "csi \xc2\x9b, rtl \u202e, tag \U000e0041, del \x7f";
  const auto text = dump(document, JsonLayout::one_line);
  CHECK(text ==
        "{\"z\":\"raw \xef\xbf\xbd byte\","
        "\"a\":\"csi \\u009b, rtl \\u202e, tag \\udb40\\udc41, del \\u007f\"}\n");
  CHECK(Json::parse(text)["a"] == document["a"]);
}

TEST_CASE("dump: indented for people, with the fields in the order in which they were set") {
  Json document = Json::object();
  document["b"] = 1;
  document["a"] = text_json(std::nullopt);
  document["words"] = text_json("\xff");
  CHECK(dump(document, JsonLayout::indented) ==
        "{\n"
        "  \"b\": 1,\n"
        "  \"a\": null,\n"
        "  \"words\": \"\\\\xff\"\n"
        "}\n");
}

}  // namespace
}  // namespace rcache::render
