#pragma once

#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "support/failure.h"

namespace rcache::test {

inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) throw Failure("the last line does not end");
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return out;
}

/// CSV by RFC 4180 with "\n" as line end: the fields of each line.
///
/// Errors:  Failure for a quote where none may be, and for lines of different length.
inline std::vector<std::vector<std::string>> parse_csv(std::string_view text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto& field = rows.back().back();
    if (quoted) {
      if (text[at] != '"') {
        field += text[at];
      } else if (text.substr(at + 1, 1) == "\"") {
        field += text[at++];
      } else {
        quoted = false;
        const auto next = text.substr(at + 1, 1);
        if (next != "," && next != "\n") throw Failure("text behind a quoted field");
      }
    } else if (text[at] == '"') {
      if (!field.empty()) throw Failure("a quote within a field");
      quoted = true;
    } else if (text[at] == ',') {
      rows.back().emplace_back();
    } else if (text[at] == '\n') {
      rows.push_back({""});
    } else {
      field += text[at];
    }
  }
  if (quoted || rows.back() != std::vector<std::string>{""}) throw Failure("the file does not end");
  rows.pop_back();
  for (const auto& row : rows) {
    if (row.size() != rows.front().size()) throw Failure("lines of different length");
  }
  return rows;
}

/// Refuses what the Prometheus text format does not allow: one HELP, one TYPE, then samples of that
/// name, labels in quotes, a number.
inline void check_metrics(const std::string& text) {
  static const std::regex sample(
      "([a-z_][a-z0-9_]*)(\\{[a-z_]+=\"[^\"\\\\\\n]*\"\\})? -?[0-9.e+-]+");
  std::string name;
  for (const auto& line : lines_of(text)) {
    std::smatch parts;
    if (line.starts_with("# HELP ")) {
      name = line.substr(7, line.find(' ', 7) - 7);
    } else if (line.starts_with("# TYPE ")) {
      if (line.substr(7) != name + " gauge" && line.substr(7) != name + " counter")
        throw Failure("TYPE without its HELP: " + line);
    } else if (!std::regex_match(line, parts, sample) || parts[1] != name) {
      throw Failure("no sample of " + name + ": " + line);
    }
  }
}

/// What a GitHub runner makes of a line: the command, its title and its message, escapes resolved.
struct WorkflowCommand {
  std::string command;
  std::string title;
  std::string message;
};
inline std::vector<WorkflowCommand> parse_workflow_commands(std::string_view text) {
  static const std::regex command("::(notice|warning|error) title=([^:,\\r]*)::([^\\r]*)");
  const auto resolve = [](std::string value) {
    for (const auto& [code, letter] :
         {std::pair{"%0D", "\r"}, {"%0A", "\n"}, {"%3A", ":"}, {"%2C", ","}, {"%25", "%"}}) {
      for (std::size_t at = 0; (at = value.find(code, at)) != std::string::npos; ++at)
        value.replace(at, 3, letter);
    }
    return value;
  };
  std::vector<WorkflowCommand> out;
  for (const auto& line : lines_of(text)) {
    std::smatch parts;
    if (!std::regex_match(line, parts, command)) throw Failure("no annotation: " + line);
    out.push_back({parts[1], resolve(parts[2]), resolve(parts[3])});
  }
  return out;
}

}  // namespace rcache::test
