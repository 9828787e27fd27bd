#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "cli/connection_flags.h"
#include "cli/parser.h"

namespace rcache::cli {

/// Password files that say their own name, and a terminal at which "typed" is typed.
inline PasswordSources told_passwords() {
  return {[](const std::string& path) -> Result<std::string> { return "from " + path; },
          []() -> Result<std::string> { return "typed"; }};
}

/// What `rcache stats` with these flags, in this environment, takes for its server.
inline Result<Target> target_of(std::vector<std::string> flags,
                                std::map<std::string, std::string> variables = {}) {
  flags.insert(flags.begin(), "stats");
  Parser parser;
  auto invocation = parser.parse(std::move(flags));
  if (!invocation) return fail(std::move(invocation).error());
  return resolve_target(parser.connection(), Environment(std::move(variables)), told_passwords());
}

/// The URL without user and password, or the error's message.
inline std::string url_of(const Result<Target>& target) {
  return target ? to_string(target->settings.endpoint) : "error: " + target.error().message;
}

inline std::string password_of(const Result<Target>& target) {
  REQUIRE(target);
  return target->settings.endpoint.password.value_or("none");
}

}  // namespace rcache::cli
