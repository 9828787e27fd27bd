#pragma once

#include <string>

namespace CLI {
class App;
}

namespace rcache::cli {

/// The manual page in man(7) format, made from the parser's own tree and the help topics.
std::string man_page(const CLI::App& tree);

}  // namespace rcache::cli
