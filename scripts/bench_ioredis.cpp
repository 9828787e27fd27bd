#include "bench_ioredis.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "bench.h"
#include "support/program.h"

namespace rcache::bench {
namespace {

std::string environment_or(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

std::string home() {
  return environment_or("HOME", "/root");
}

std::string cache_folder() {
  return environment_or("XDG_CACHE_HOME", home() + "/.cache") + "/rcache-bench";
}

std::string installed_version(const std::string& folder) {
  return first_line_of(
      {"node", "-p",
       fmt::format("require('{}/node_modules/ioredis/package.json').version", folder)});
}

/// Why npm could not install it, or empty.
std::string install(const std::string& folder) {
  test::ProgramOptions options;
  options.argv = {"npm",        "install",   "--prefix",          folder,
                  "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000",
                  "--loglevel", "error",     "ioredis@5"};
  options.home = home();  // its proxy, registry and certificates are set there...
  for (char** variable = environ; *variable != nullptr; ++variable)
    options.environment.emplace_back(*variable);  // ...and here
  options.deadline = std::chrono::minutes{2};
  const auto result = test::run(std::move(options));
  if (result.exit_code == 0) return {};
  return "npm install ioredis failed: " + result.err.substr(0, result.err.find('\n'));
}

Ioredis find_or_install() {
  Ioredis found{.folder = cache_folder(), .version = {}, .missing = {}};
  const std::string node = first_line_of({"node", "--version"});
  if (node.empty()) {
    found.missing = "there is no node";
    return found;
  }
  try {
    std::filesystem::create_directories(found.folder);
    std::string version = installed_version(found.folder);
    if (version.empty()) {
      found.missing = install(found.folder);
      version = installed_version(found.folder);
    }
    found.version = fmt::format("ioredis {} on node {}", version, node);
    if (version.empty() && found.missing.empty()) found.missing = "npm install gave no ioredis";
  } catch (const std::exception& error) {
    const std::string text = error.what();
    found.missing = text.substr(0, text.find('\n'));
  }
  return found;
}

}  // namespace

const Ioredis& ioredis() {
  static const Ioredis found = find_or_install();
  return found;
}

}  // namespace rcache::bench
