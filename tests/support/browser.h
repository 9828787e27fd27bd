#pragma once

#include <string>
#include <vector>

namespace rcache::test {

/// The path of a headless browser, or empty.
std::string find_browser();

enum class Scheme { light, dark };

/// A page in a frame of this width, as a phone or a desk shows it.
struct Frame {
  std::string html;
  int width = 390;
};

/// What the browser made of it.
struct SeenPage {
  int overflow_pixels = 0;  ///< by which it is wider than its frame
  int elements = 0;
  int foreign = 0;      ///< elements that run or load something: script, img, iframe, link...
  int handlers = 0;     ///< attributes that begin with "on"
  int text_height = 0;  ///< pixels of the whole page: 0 when nothing was shown
  std::string ground;   ///< background colour: "rgb(255, 255, 255)"
  std::string title;
};

/// Opens the pages in a real browser, without a network.
///
/// Errors:  Failure when it does not start or does not end, with what it wrote.
std::vector<SeenPage> look_at(const std::vector<Frame>& frames, Scheme scheme);

}  // namespace rcache::test
