#pragma once

#include <string>
#include <string_view>

namespace rcache::render {

enum class Annotation { notice, warning, error };

/// One annotation of a GitHub workflow: "::error title=...::message", ended by "\n". In: any bytes.
///
/// Source:  https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
///          and actions/toolkit, packages/core/src/command.ts (escaping)
std::string github_annotation(Annotation level, std::string_view title, std::string_view message);

/// Text for a log that a workflow reads: no line of it is a command to the runner any more.
///
/// A line that begins with "::" behind spaces gets `\x3a` for its first colon, and "##[" anywhere
/// becomes `##\x5b`: a key could otherwise be named like a command.
/// Source:  actions/runner, src/Runner.Common/ActionCommand.cs (TryParseV2 trims the line, TryParse
///          looks for "##[" anywhere)
std::string without_workflow_commands(std::string_view text);

}  // namespace rcache::render
