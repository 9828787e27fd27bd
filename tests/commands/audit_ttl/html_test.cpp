#include <doctest/doctest.h>

#include <algorithm>

#include "commands/audit_ttl/render.h"
#include "commands/audit_ttl/samples.h"
#include "core/key.h"
#include "support/browser.h"
#include "support/skip.h"

namespace rcache::audit_ttl {
namespace {

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t out = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; ++at) ++out;
  return out;
}

}  // namespace

TEST_CASE("audit-ttl html: the page needs nothing from outside and runs nothing") {
  const auto page = html(sample_report(), 15);
  CHECK(page.starts_with("<!DOCTYPE html>\n"));
  CHECK(page.find("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action "
                  "'none'") != std::string::npos);
  for (const auto* never : {"http:", "https:", "//", "url(", "@import", "<script", "<link", "<img",
                            "<iframe", " on", " href", " src"}) {
    CAPTURE(never);
    // Words in between are not attributes: " on" stands in sentences.
    if (std::string_view(never) == " on") {
      CHECK(count(page, " onload") + count(page, " onerror") + count(page, " onclick") == 0);
    } else {
      CHECK(count(page, never) == 0);
    }
  }
  CHECK(page.find("prefers-color-scheme: dark") != std::string::npos);
  CHECK(count(page, "<svg") == 3);  // the timeline, and two groups that have TTLs
  CHECK(count(page, "class=\"mark\"") == 1);
}

TEST_CASE("audit-ttl html: a key is never markup") {
  const auto harmless = html(hostile_report("key"), 15);
  for (const auto& key : hostile_keys()) {
    CAPTURE(printable(key, 80));
    const auto page = html(hostile_report(key), 15);
    CHECK(is_valid_utf8(page));
    // Whatever the key says, there are as many tags as with a plain one, and no others.
    CHECK(count(page, "<") == count(harmless, "<"));
    CHECK(count(page, ">") == count(harmless, ">"));
    CHECK(count(page, "\"") == count(harmless, "\""));
  }
}

TEST_CASE("audit-ttl html: a browser shows it whole on a phone and a desk, and runs no key") {
  if (test::find_browser().empty()) {
    test::report_skipped(test::current_test(), "there is no chromium (scripts/install-packages)");
    return;
  }
  std::string all;
  for (const auto& key : hostile_keys()) all += key;
  const auto plain = html(hostile_report("key"), 15);
  const auto hostile = html(hostile_report(all), 15);
  const std::vector<test::Frame> frames = {{plain, 390},
                                           {plain, 1280},
                                           {hostile, 390},
                                           {hostile, 1280},
                                           {html(sample_report(), 15), 390}};
  const auto seen = test::look_at(frames, test::Scheme::light);
  for (std::size_t at = 0; at < seen.size(); ++at) {
    CAPTURE(at);
    CHECK(seen[at].title == "TTL%20audit");  // no key has changed it
    CHECK(seen[at].foreign == 0);
    CHECK(seen[at].handlers == 0);
    CHECK(seen[at].overflow_pixels <= 0);
    CHECK(seen[at].text_height > 1000);
    CHECK(seen[at].ground == "rgb(255, 255, 255)");
  }
  CHECK(seen[2].elements == seen[0].elements);
  const auto dark = test::look_at({{plain, 390}}, test::Scheme::dark);
  CHECK(dark[0].ground == "rgb(20, 23, 28)");
}

}  // namespace rcache::audit_ttl
