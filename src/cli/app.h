#pragma once

#include <string>
#include <vector>

#include "cli/environment.h"
#include "cli/io.h"

namespace rcache::cli {

/// The whole program: parses, runs one command, says what went wrong.
///
/// In:      the words behind the program's name.
/// Out:     the exit code.
int run(std::vector<std::string> words, const Environment& environment, Terminal terminal);

}  // namespace rcache::cli
