#include "render/markup.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/key.h"

namespace rcache::render {
namespace {

constexpr std::pair<std::string_view, std::string_view> k_references[] = {
    {"&", "&amp;"},
    {"<", "&lt;"},
    {">", "&gt;"},
    {"\"", "&quot;"},
    {"'", "&#39;"},
    // Legal UTF-8, and yet no characters of XML.
    {"\xef\xbf\xbe", "\\xef\\xbf\\xbe"},
    {"\xef\xbf\xbf", "\\xef\\xbf\\xbf"},
};

}  // namespace

std::string escape_markup(std::string_view bytes) {
  const auto words = printable_words(bytes);
  std::string out;
  out.reserve(words.size());
  for (std::string_view rest = words; !rest.empty();) {
    const auto* const found = std::ranges::find_if(
        k_references, [&](const auto& pair) { return rest.starts_with(pair.first); });
    const bool plain = found == std::end(k_references);
    out += plain ? rest.substr(0, 1) : found->second;
    rest.remove_prefix(plain ? 1 : found->first.size());
  }
  return out;
}

}  // namespace rcache::render
