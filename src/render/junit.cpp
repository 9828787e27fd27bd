#include "render/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/units.h"
#include "render/markup.h"

namespace rcache::render {
namespace {

/// As an attribute: a line end in one would be read as a space.
std::string attribute(std::string_view text) {
  std::string out;
  for (const char letter : escape_markup(text)) {
    if (letter == '\n')
      out += "&#10;";
    else
      out += letter;
  }
  return out;
}

std::string_view element(JunitCase::Result result) {
  switch (result) {
    case JunitCase::Result::failed:
      return "failure";
    case JunitCase::Result::skipped:
      return "skipped";
    case JunitCase::Result::error:
      return "error";
    case JunitCase::Result::passed:
      break;
  }
  return "system-out";
}

std::string case_xml(const JunitCase& test) {
  auto out = fmt::format("    <testcase classname=\"{}\" name=\"{}\"", attribute(test.group),
                         attribute(test.name));
  const auto name = element(test.result);
  const auto details = escape_markup(test.details);
  if (test.result == JunitCase::Result::passed) {
    if (details.empty()) return out + "/>\n";
    return out + fmt::format(">\n      <{0}>{1}</{0}>\n    </testcase>\n", name, details);
  }
  out += fmt::format(">\n      <{} message=\"{}\"", name, attribute(test.message));
  out += details.empty() ? "/>" : fmt::format(">{}</{}>", details, name);
  return out + "\n    </testcase>\n";
}

}  // namespace

std::string junit_xml(const JunitSuite& suite) {
  const auto count = [&](JunitCase::Result result) {
    return std::ranges::count(suite.cases, result, &JunitCase::result);
  };
  const auto counts = fmt::format(
      "name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"",
      attribute(suite.name), suite.cases.size(), count(JunitCase::Result::failed),
      count(JunitCase::Result::error), count(JunitCase::Result::skipped), suite.seconds);
  // Without the Z: the form says that the time is UTC, and some readers refuse a zone.
  auto at = format_utc(suite.at_unix_ms);
  at.pop_back();
  auto out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n  <testsuite {0} "
      "timestamp=\"{1}\">\n",
      counts, at);
  for (const auto& test : suite.cases) out += case_xml(test);
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace rcache::render
