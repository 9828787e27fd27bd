#include "core/units.h"

#include <doctest/doctest.h>

#include <clocale>

namespace rcache {
namespace {

using std::chrono::milliseconds;

template <typename T>
std::string message_of(const Result<T>& result) {
  if (result) return "";
  CHECK(result.error().kind == ErrorKind::usage);
  return result.error().message;
}

TEST_CASE("parse_duration: every unit, decimals, and a bare number of seconds") {
  struct Case {
    const char* text;
    std::int64_t ms;
  };
  const Case cases[] = {{"90s", 90'000},
                        {"15m", 900'000},
                        {"24h", 86'400'000},
                        {"7d", 604'800'000},
                        {"2w", 1'209'600'000},
                        {"250ms", 250},
                        {"5", 5'000},
                        {"0", 0},
                        {"0s", 0},
                        {"1.5s", 1'500},
                        {"0.25", 250},
                        {"36500d", 3'153'600'000'000}};
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const auto duration = parse_duration(c.text);
    REQUIRE(duration);
    CHECK(duration->count() == c.ms);
  }
}

TEST_CASE("parse_duration: what is refused is quoted, and never longer than a line") {
  struct Case {
    std::string text;
    const char* message;
  };
  const Case cases[] = {
      {"3 weeks", "'3 weeks' is not a duration (try 90s, 15m, 24h or 7d)"},
      {"", "'' is not a duration (try 90s, 15m, 24h or 7d)"},
      {"-3s", "'-3s' is not a duration (try 90s, 15m, 24h or 7d)"},
      {"+3s", "'+3s' is not a duration (try 90s, 15m, 24h or 7d)"},
      {"inf", "'inf' is not a duration (try 90s, 15m, 24h or 7d)"},
      {"1e5s", "'1e5s' is not a duration (try 90s, 15m, 24h or 7d)"},
      {"0x10", "'0x10' is not a duration (try 90s, 15m, 24h or 7d)"},
      {"5S", "'5S' is not a duration (try 90s, 15m, 24h or 7d)"},
      {"1.2.3s", "'1.2.3s' is not a duration (try 90s, 15m, 24h or 7d)"},
      {"1,5s", "'1,5s' is not a duration (try 90s, 15m, 24h or 7d)"},
      {"5s\n", "'5s\\x0a' is not a duration (try 90s, 15m, 24h or 7d)"},
      {"36501d", "'36501d' is too long a duration (at most 36500d)"},
      {"99999999999999999999d", "'99999999999999999999d' is too long a duration (at most 36500d)"},
      {"0.1ms", "'0.1ms' is too short a duration (at least 1ms)"},
      {std::string(100, 'x'),
       "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...(+40 bytes)' is not a "
       "duration (try 90s, 15m, 24h or 7d)"},
      {std::string(400, '9'),
       "'999999999999999999999999999999999999999999999999999999999999...(+340 bytes)' is not a "
       "duration (try 90s, 15m, 24h or 7d)"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(message_of(parse_duration(c.text)) == c.message);
  }
}

TEST_CASE(
    "parse_size: redis.conf's units (k is 1000, kb is 1024) and the binary ones, in any case") {
  struct Case {
    const char* text;
    std::int64_t bytes;
  };
  const Case cases[] = {{"512", 512},
                        {"0", 0},
                        {"1b", 1},
                        {"1k", 1000},
                        {"1kb", 1024},
                        {"1m", 1'000'000},
                        {"64mb", 67'108'864},
                        {"1g", 1'000'000'000},
                        {"1GB", 1'073'741'824},
                        {"1GiB", 1'073'741'824},
                        {"1.5KiB", 1536},
                        {"2tb", 2'199'023'255'552}};
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const auto size = parse_size(c.text);
    REQUIRE(size);
    CHECK(*size == c.bytes);
  }
  CHECK(message_of(parse_size("lots")) == "'lots' is not a size (try 512, 64mb or 1GiB)");
  CHECK(message_of(parse_size("-1")) == "'-1' is not a size (try 512, 64mb or 1GiB)");
  CHECK(message_of(parse_size("1 mb")) == "'1 mb' is not a size (try 512, 64mb or 1GiB)");
  CHECK(message_of(parse_size("9000tb")) == "'9000tb' is too large a size (at most 8192tb)");
}

TEST_CASE("parse_ratio: 0.8 and 80% are the same, and nothing lies outside of 0 to 1") {
  CHECK(parse_ratio("0.8") == 0.8);
  CHECK(parse_ratio("80%") == 0.8);
  CHECK(parse_ratio("0") == 0.0);
  CHECK(parse_ratio("1") == 1.0);
  CHECK(parse_ratio("100%") == 1.0);
  CHECK(message_of(parse_ratio("80")) ==
        "'80' is more than the whole (a ratio is 0 to 1, or 0% to 100%)");
  CHECK(message_of(parse_ratio("101%")) ==
        "'101%' is more than the whole (a ratio is 0 to 1, or 0% to 100%)");
  CHECK(message_of(parse_ratio("-0.1")) == "'-0.1' is not a ratio (try 0.8 or 80%)");
  CHECK(message_of(parse_ratio("nan")) == "'nan' is not a ratio (try 0.8 or 80%)");
  CHECK(message_of(parse_ratio("80 %")) == "'80 %' is not a ratio (try 0.8 or 80%)");
}

TEST_CASE("parse_rate: per second whatever the unit") {
  CHECK(parse_rate("0/s") == 0.0);
  CHECK(parse_rate("5/s") == 5.0);
  CHECK(parse_rate("120/m") == 2.0);
  CHECK(parse_rate("36/h") == 0.01);
  CHECK(parse_rate("2.5") == 2.5);
  CHECK(message_of(parse_rate("fast")) == "'fast' is not a rate (try 0/s, 5/s or 120/m)");
  CHECK(message_of(parse_rate("5/")) == "'5/' is not a rate (try 0/s, 5/s or 120/m)");
  CHECK(message_of(parse_rate("-1/s")) == "'-1/s' is not a rate (try 0/s, 5/s or 120/m)");
}

TEST_CASE("parse_port and parse_count: whole numbers in their range") {
  CHECK(parse_port("6379") == 6379);
  CHECK(parse_port("65535") == 65535);
  for (const auto* text :
       {"abc", "70000", "0", "-1", "", "6379 ", "6379x", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK(message_of(parse_port(text)) == "'" + std::string(text) + "' is not a port (1 to 65535)");
  }
  CHECK(parse_count("0") == 0);
  CHECK(parse_count("9223372036854775807") == INT64_MAX);
  for (const auto* text : {"abc", "-1", "1.5", "", "9223372036854775808"}) {
    CAPTURE(text);
    CHECK(message_of(parse_count(text)) ==
          "'" + std::string(text) + "' is not a count (a whole number, 0 or more)");
  }
}

TEST_CASE("format_bytes: one decimal, and 1024 of a unit are the next one") {
  CHECK(format_bytes(0) == "0 B");
  CHECK(format_bytes(1023) == "1023 B");
  CHECK(format_bytes(1024) == "1.0 KiB");
  CHECK(format_bytes(1024 * 1024 - 1) == "1.0 MiB");
  CHECK(format_bytes(1'288'490'189) == "1.2 GiB");
  CHECK(format_bytes(INT64_MAX) == "8.0 EiB");
  CHECK(format_bytes(-2048) == "-2.0 KiB");
  CHECK(format_bytes(INT64_MIN) == "-8.0 EiB");
}

TEST_CASE("format_duration: the two largest units") {
  struct Case {
    std::int64_t ms;
    const char* text;
  };
  const Case cases[] = {{0, "0s"},         {1, "1 ms"},           {250, "250 ms"},
                        {1'000, "1s"},     {1'500, "1.5s"},       {9'999, "9.9s"},
                        {45'900, "45s"},   {60'000, "1m"},        {80'000, "1m 20s"},
                        {3'600'000, "1h"}, {11'100'000, "3h 5m"}, {183'600'000, "2d 3h"},
                        {-1'500, "-1.5s"}};
  for (const auto& c : cases) {
    CAPTURE(c.ms);
    CHECK(format_duration(milliseconds(c.ms)) == c.text);
  }
  CHECK(format_duration(milliseconds::min()) == "-106751991167d 7h");
  CHECK(format_seconds(0.25) == "250 ms");
  CHECK(format_seconds(1e30) == "104249991d 8h");
}

TEST_CASE("format_count: commas between thousands") {
  CHECK(format_count(0) == "0");
  CHECK(format_count(999) == "999");
  CHECK(format_rounded(1234.5) == "1,235");
  CHECK(format_rounded(1e308) == "9,007,199,254,740,992");
  CHECK(format_rounded(-1e308) == "-9,007,199,254,740,992");
  CHECK(format_count(1000) == "1,000");
  CHECK(format_count(1234567) == "1,234,567");
  CHECK(format_count(-123456) == "-123,456");
  CHECK(format_count(INT64_MIN) == "-9,223,372,036,854,775,808");
}

TEST_CASE("format_ratio: rounding never claims all or nothing") {
  CHECK(format_ratio(0) == "0.0%");
  CHECK(format_ratio(0.0001) == "<0.1%");
  CHECK(format_ratio(0.831) == "83.1%");
  CHECK(format_ratio(0.99999) == ">99.9%");
  CHECK(format_ratio(1) == "100.0%");
  CHECK(format_ratio(1.03) == "103.0%");
}

TEST_CASE("format_rate: as many digits as say something") {
  CHECK(format_rate(0) == "0/s");
  CHECK(format_rate(0.0001) == "<0.01/s");
  CHECK(format_rate(0.25) == "0.25/s");
  CHECK(format_rate(9) == "9/s");
  CHECK(format_rate(9.999) == "10/s");
  CHECK(format_rate(55.55) == "55.5/s");
  CHECK(format_rate(1234.4) == "1,234/s");
  CHECK(format_rate(1e300) == "9,007,199,254,740,992/s");
}

TEST_CASE("format_utc: RFC 3339, and never more than four digits of a year") {
  CHECK(format_utc(0) == "1970-01-01T00:00:00Z");
  CHECK(format_utc(1'795'230'000'999) == "2026-11-21T03:00:00Z");
  CHECK(format_utc(951'782'400'000) == "2000-02-29T00:00:00Z");
  CHECK(format_utc(INT64_MAX) == "9999-12-31T23:59:59Z");
  CHECK(format_utc(-1) == "1970-01-01T00:00:00Z");
}

TEST_CASE("units: the locale changes nothing") {
  const auto* set = std::setlocale(LC_ALL, "de_DE.UTF-8");
  if (set == nullptr) set = std::setlocale(LC_ALL, "C.UTF-8");
  REQUIRE(set != nullptr);
  CHECK(parse_duration("1.5s") == milliseconds(1500));
  CHECK(format_ratio(0.831) == "83.1%");
  std::setlocale(LC_ALL, "C");
}

}  // namespace
}  // namespace rcache
