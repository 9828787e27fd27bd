#pragma once

#include <CLI/App.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.h"

namespace rcache {

/// The forms in which a result can be written; each command lists its own.
enum class Format { text, json, ndjson, csv, prometheus, junit, github };

/// The word for a format on the command line.
std::string_view to_string(Format format);

/// Adds -o/--output with these forms, the first being the default, and --json for `-o json`.
void add_format(CLI::App& app, Format& format, std::initializer_list<Format> allowed);

/// --yes, or --yes=PROFILE in production.
struct Yes {
  std::string word;  ///< as the parser has it: a flag without a value is the word true to CLI11

  /// "" for --yes alone; empty when it was not given.
  std::optional<std::string> value() const {
    if (word.empty()) return std::nullopt;
    return word == "true" ? std::string() : word;
  }
};

/// Adds it.
CLI::Option* add_yes(CLI::App& app, Yes& yes);

/// How an application keeps its tags: see commands/tag_naming.h.
struct LayoutChoice {
  std::string layout = "generic";
  std::string tag_prefix;  ///< empty: as the layout says
};

/// Adds --layout and --tag-prefix.
void add_layout(CLI::App& app, LayoutChoice& choice);

/// Stops parsing with our own message: "--window: '-3s' is not a duration (...)".
[[noreturn]] void refuse_value(const std::string& flag, const Error& error);

/// Adds a flag whose value is read by one of the parsers of core/units.h (or of the same form).
///
/// In:      `name` as CLI11 has it ("-p,--port"); `type` is the word for the value in help, in
/// capitals;
///          `target` is a T or an optional T, which stays empty when the flag is not given.
template <typename Target, typename T>
CLI::Option* add_value(CLI::App& app, const std::string& name, Target& target,
                       Result<T> (*parse)(std::string_view), const std::string& type,
                       const std::string& help) {
  const auto shown = name.substr(name.rfind(',') + 1);
  return app
      .add_option_function<std::string>(
          name,
          [&target, parse, shown](const std::string& text) {
            auto value = parse(text);
            if (!value) refuse_value(shown, value.error());
            target = std::move(*value);
          },
          help)
      ->type_name(type);
}

}  // namespace rcache
