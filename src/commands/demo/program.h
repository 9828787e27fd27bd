#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rcache::demo {

/// The file that a shell would run for `name`: `name` itself when it has a slash, else the first
/// executable file of that name in the folders of `path`, which are divided by ':'. Empty when
/// there is none.
std::optional<std::string> find_program(std::string_view name, std::string_view path);

/// The same in this process's PATH.
std::optional<std::string> find_program(std::string_view name);

/// The file of the running program.
std::optional<std::string> own_program();

/// This process's environment as "NAME=value", without the variables in `leave_out` and with those
/// in `set`.
std::vector<std::string> changed_environment(std::initializer_list<std::string_view> leave_out,
                                             std::vector<std::pair<std::string, std::string>> set);

}  // namespace rcache::demo
