#pragma once

#include <cctype>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/failure.h"

namespace rcache::test {

/// One element of a document, in the order in which they begin.
struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes = {};
  std::string text = {};  ///< its own, with references resolved
  std::size_t depth = 0;
};

/// Reads XML 1.0 as strictly as a CI system's parser may: no DTD, no CDATA, no character that XML
/// forbids, no unknown reference, no attribute twice, every element ended.
///
/// In:      UTF-8; what is not is refused where XML forbids it (bytes below 0x20).
/// Errors:  Failure, saying what and where.
class StrictXml {
 public:
  static std::vector<XmlElement> parse(std::string_view text) {
    StrictXml reader(text);
    if (reader.take("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")) reader.spaces();
    reader.element(0);
    reader.spaces();
    if (!reader.rest_.empty()) reader.fail("something behind the end");
    return std::move(reader.out_);
  }

 private:
  explicit StrictXml(std::string_view text) : whole_(text), rest_(text) {
    for (const char letter : text) {
      const auto byte = static_cast<unsigned char>(letter);
      if (byte < 0x20 && letter != '\n' && letter != '\t' && letter != '\r')
        fail("a forbidden character");
    }
    for (const auto* illegal : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
      if (text.find(illegal) != std::string_view::npos) fail("a noncharacter");
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Failure("XML: " + what + " at byte " + std::to_string(whole_.size() - rest_.size()) +
                  ": " + std::string(rest_.substr(0, 60)));
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void want(std::string_view word) {
    if (!take(word)) fail("expected '" + std::string(word) + "'");
  }
  void spaces() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_[0])) != 0)
      rest_.remove_prefix(1);
  }
  std::string name() {
    std::string out;
    while (!rest_.empty() && (std::isalnum(static_cast<unsigned char>(rest_[0])) != 0 ||
                              rest_[0] == '-' || rest_[0] == '_')) {
      out += rest_[0];
      rest_.remove_prefix(1);
    }
    if (out.empty()) fail("expected a name");
    return out;
  }
  void reference(std::string& to) {
    static const std::pair<std::string_view, char> known[] = {{"&amp;", '&'},  {"&lt;", '<'},
                                                              {"&gt;", '>'},   {"&quot;", '"'},
                                                              {"&#39;", '\''}, {"&#10;", '\n'}};
    for (const auto& [word, letter] : known) {
      if (!take(word)) continue;
      to += letter;
      return;
    }
    fail("an unknown reference");
  }
  void element(std::size_t depth) {
    want("<");
    XmlElement self{name()};
    self.depth = depth;
    for (;;) {
      const bool spaced = rest_.starts_with(' ');
      spaces();
      if (rest_.starts_with("/>") || rest_.starts_with(">")) break;
      if (!spaced) fail("no space before an attribute");
      const auto key = name();
      want("=\"");
      std::string value;
      while (!rest_.starts_with('"')) {
        if (rest_.empty() || rest_[0] == '<' || rest_[0] == '\n') fail("a bad attribute");
        letter(value);
      }
      want("\"");
      if (!self.attributes.emplace(key, value).second) fail("an attribute twice");
    }
    const auto at = out_.size();
    out_.push_back(std::move(self));
    if (take("/>")) return;
    want(">");
    for (;;) {
      if (rest_.starts_with("</")) break;
      if (rest_.empty()) fail("no end");
      if (rest_.starts_with('<'))
        element(depth + 1);
      else if (rest_.starts_with("]]>"))
        fail("]]> in text");
      else
        letter(out_[at].text);
    }
    want("</" + out_[at].name + ">");
  }
  void letter(std::string& to) {
    if (rest_[0] == '&') return reference(to);
    to += rest_[0];
    rest_.remove_prefix(1);
  }

  std::string_view whole_;
  std::string_view rest_;
  std::vector<XmlElement> out_;
};

}  // namespace rcache::test
