#include "commands/demo/program.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace rcache::demo {
namespace {

bool is_program(const std::string& file) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<std::string> find_program(std::string_view name, std::string_view path) {
  if (name.find('/') != std::string_view::npos) return std::string(name);
  if (name.empty()) return std::nullopt;
  for (;;) {
    const std::size_t end = path.find(':');
    const std::string_view folder = path.substr(0, end);
    // An empty entry is the current folder.
    std::string file = (folder.empty() ? "." : std::string(folder)) + "/" + std::string(name);
    if (is_program(file)) return file;
    if (end == std::string_view::npos) return std::nullopt;
    path.remove_prefix(end + 1);
  }
}

std::optional<std::string> find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  return find_program(name, path ? path : "/usr/local/bin:/usr/bin:/bin");
}

std::optional<std::string> own_program() {
  std::error_code error;
  const auto file = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return std::nullopt;
  return file.string();
}

std::vector<std::string> changed_environment(std::initializer_list<std::string_view> leave_out,
                                             std::vector<std::pair<std::string, std::string>> set) {
  std::vector<std::string> result;
  for (char** variable = environ; variable && *variable; ++variable) {
    const std::string_view line = *variable;
    const std::string_view name = line.substr(0, line.find('='));
    const bool is_replaced =
        std::any_of(set.begin(), set.end(), [&](const auto& entry) { return entry.first == name; });
    const bool is_left_out = std::find(leave_out.begin(), leave_out.end(), name) != leave_out.end();
    if (!is_replaced && !is_left_out) result.emplace_back(line);
  }
  for (const auto& [name, value] : set) result.push_back(name + "=" + value);
  return result;
}

}  // namespace rcache::demo
