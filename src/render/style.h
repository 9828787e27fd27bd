#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rcache::render {

/// Whether escape codes for colour are welcome.
enum class Color { off, on };

/// Which characters our own drawing may use: `ascii` where the locale is not UTF-8.
enum class Charset { ascii, unicode };

/// How a text is to look where it goes.
struct TextLook {
  std::size_t width = 80;  ///< columns
  Color color = Color::off;
  Charset charset = Charset::unicode;
};

/// What a piece of text means. Colour is for verdicts; a heading is bold.
enum class Tone { plain, ok, warn, fail, unknown, heading };

/// `text` in the colour of its tone, or as it is. Its width on the terminal stays the same.
std::string paint(std::string_view text, Tone tone, Color color);

/// The mark of something cut off: "…", or "~" in ASCII.
std::string_view ellipsis(Charset charset);

}  // namespace rcache::render
