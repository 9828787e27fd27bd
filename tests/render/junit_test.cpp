#include "render/junit.h"

#include <doctest/doctest.h>

#include "render/markup.h"
#include "support/strict_xml.h"

namespace rcache::render {

TEST_CASE("junit: the whole document") {
  JunitSuite suite{"rcache audit-ttl", 1'795'000'000'000, 1.25};
  suite.cases.push_back({"group", "a:*"});
  suite.cases.push_back({"group", "b:*", JunitCase::Result::failed, "3 without TTL", "b:1\nb:2"});
  suite.cases.push_back({"cliff", "c:*", JunitCase::Result::skipped, "warning: together"});
  suite.cases.push_back({"all", "seen", JunitCase::Result::error, "not reached", ""});
  suite.cases.push_back({"all", "ok", JunitCase::Result::passed, "", "a note"});
  CHECK(junit_xml(suite) ==
        R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="rcache audit-ttl" tests="5" failures="1" errors="1" skipped="1" time="1.250">
  <testsuite name="rcache audit-ttl" tests="5" failures="1" errors="1" skipped="1" time="1.250" timestamp="2026-11-18T11:06:40">
    <testcase classname="group" name="a:*"/>
    <testcase classname="group" name="b:*">
      <failure message="3 without TTL">b:1
b:2</failure>
    </testcase>
    <testcase classname="cliff" name="c:*">
      <skipped message="warning: together"/>
    </testcase>
    <testcase classname="all" name="seen">
      <error message="not reached"/>
    </testcase>
    <testcase classname="all" name="ok">
      <system-out>a note</system-out>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST_CASE("junit: hostile bytes stay text") {
  const std::string hostile[] = {std::string("nul\0x", 5),
                                 "\xff\xfe not UTF-8",
                                 "]]></failure><testcase name=\"forged\"/>",
                                 "<![CDATA[ ]]>",
                                 "&amp; &#0; &unknown;",
                                 "\"' onload='x' \"",
                                 "\x1b[2J",
                                 "\xef\xbf\xbe\xef\xbf\xbf",
                                 "\xe2\x80\xae drawkcab",
                                 "two\nlines\r\n\ttab"};
  for (const auto& text : hostile) {
    CAPTURE(text);
    JunitSuite suite{text, 0, 0};
    suite.cases.push_back({text, text, JunitCase::Result::failed, text, text});
    const auto elements = test::StrictXml::parse(junit_xml(suite));
    REQUIRE(elements.size() == 4);
    CHECK(elements[2].name == "testcase");
    CHECK(elements[2].attributes.at("name") == elements[3].attributes.at("message"));
    CHECK(elements[3].text == elements[2].attributes.at("name"));
    CHECK(elements[3].name == "failure");
  }
}

TEST_CASE("markup: what is escaped, and what stays") {
  CHECK(escape_markup("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
  CHECK(escape_markup("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80") ==
        "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
  CHECK(escape_markup("a\nb") == "a\nb");
  CHECK(escape_markup(std::string("\0\t\x7f\xc2\x80\xff", 6)) == "\\x00\\x09\\x7f\\xc2\\x80\\xff");
  CHECK(escape_markup("\xef\xbf\xbe") == "\\xef\\xbf\\xbe");
  CHECK(escape_markup("already\\x00") == "already\\x00");
}

}  // namespace rcache::render
