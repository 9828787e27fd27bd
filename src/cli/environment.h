#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace rcache::cli {

/// The environment variables, so that a test can have its own. An empty variable counts as not set.
class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string> variables)
      : variables_(std::move(variables)) {}

  std::optional<std::string> get(const std::string& name) const {
    const auto found = variables_.find(name);
    if (found == variables_.end() || found->second.empty()) return std::nullopt;
    return found->second;
  }

 private:
  std::map<std::string, std::string> variables_;
};

}  // namespace rcache::cli
