#include "commands/restore/request.h"

#include <doctest/doctest.h>

#include <limits>

namespace rcache::restore {
namespace {

using Words = std::vector<std::string_view>;

constexpr std::int64_t k_asked_at = 1'700'000'000'000;

backup::Value value(std::optional<std::int64_t> expires) {
  backup::Value out;
  out.key = "key";
  out.dump = "dump";
  out.expires_unix_ms = expires;
  out.saved_unix_ms = k_asked_at - 5000;
  return out;
}

}  // namespace

TEST_CASE("request: how a key is put back follows from its expiry, --ttl and --replace") {
  struct Case {
    const char* name;
    std::optional<std::int64_t> expires;
    TtlMode ttl;
    Existing existing;
    Words words;
  };
  const Case cases[] = {
      {"no expiry", {}, TtlMode::keep, Existing::keep, {"RESTORE", "key", "0", "dump"}},
      {"no expiry, replace",
       {},
       TtlMode::keep,
       Existing::replace,
       {"RESTORE", "key", "0", "dump", "REPLACE"}},
      {"no expiry, remaining",
       {},
       TtlMode::remaining,
       Existing::keep,
       {"RESTORE", "key", "0", "dump"}},
      {"one ms left",
       k_asked_at + 1,
       TtlMode::keep,
       Existing::keep,
       {"RESTORE", "key", "1700000000001", "dump", "ABSTTL"}},
      {"a minute left, replace",
       k_asked_at + 60'000,
       TtlMode::keep,
       Existing::replace,
       {"RESTORE", "key", "1700000060000", "dump", "REPLACE", "ABSTTL"}},
      {"less than a minute left, replace",
       k_asked_at + 59'999,
       TtlMode::keep,
       Existing::replace,
       {"RESTORE", "key", "59999", "dump", "REPLACE"}},
      {"remaining",
       k_asked_at + 1000,
       TtlMode::remaining,
       Existing::keep,
       {"RESTORE", "key", "6000", "dump"}},
      {"remaining, long past",
       k_asked_at - 3000,
       TtlMode::remaining,
       Existing::replace,
       {"RESTORE", "key", "2000", "dump", "REPLACE"}},
      {"remaining, saved after it expired",
       k_asked_at - 6000,
       TtlMode::remaining,
       Existing::keep,
       {"RESTORE", "key", "1", "dump"}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto saved = value(c.expires);
    const auto request = request_for(saved, c.ttl, c.existing, k_asked_at);
    REQUIRE(request);
    CHECK(restore_words(saved, *request) == c.words);
  }
}

TEST_CASE("request: a key that has expired is not sent, with --replace or without") {
  for (const auto existing : {Existing::keep, Existing::replace}) {
    for (const std::int64_t expires :
         {k_asked_at, k_asked_at - 1, std::int64_t{0}, std::int64_t{-1},
          std::numeric_limits<std::int64_t>::min()}) {
      CAPTURE(expires);
      CHECK_FALSE(request_for(value(expires), TtlMode::keep, existing, k_asked_at));
    }
  }
}

TEST_CASE("request: no moment that may be past ever goes with REPLACE") {
  for (std::int64_t left = 1; left <= 120'000; left += 7) {
    CAPTURE(left);
    const auto request =
        request_for(value(k_asked_at + left), TtlMode::keep, Existing::replace, k_asked_at);
    REQUIRE(request);
    CHECK(request->absolute == (left >= 60'000));
    CHECK(request->exact_unix_ms.has_value() == !request->absolute);
    if (!request->absolute) CHECK(request->ttl == std::to_string(left));
  }
}

TEST_CASE("request: moments that are absurdly far apart do not overflow") {
  constexpr auto k_least = std::numeric_limits<std::int64_t>::min();
  constexpr auto k_most = std::numeric_limits<std::int64_t>::max();
  CHECK(milliseconds_left(k_most, k_least) == k_most);
  CHECK(milliseconds_left(k_least, k_most) == 1);
  CHECK(milliseconds_left(0, 0) == 1);
  CHECK(milliseconds_left(5, 2) == 3);
}

}  // namespace rcache::restore
