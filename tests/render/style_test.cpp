#include "render/style.h"

#include <doctest/doctest.h>

namespace rcache::render {
namespace {

TEST_CASE("paint: escape codes only where colour is on and the tone has one") {
  CHECK(paint("ok", Tone::ok, Color::off) == "ok");
  CHECK(paint("ok", Tone::ok, Color::on) == "\x1b[32mok\x1b[0m");
  CHECK(paint("bad", Tone::fail, Color::on) == "\x1b[1;31mbad\x1b[0m");
  CHECK(paint("text", Tone::plain, Color::on) == "text");
  CHECK(paint("", Tone::warn, Color::on) == "");
}

}  // namespace
}  // namespace rcache::render
