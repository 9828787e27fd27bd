#include "commands/flags.h"

#include <fmt/format.h>

#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <array>
#include <vector>

#include "core/key.h"

namespace rcache {
namespace {

constexpr std::array<std::pair<Format, std::string_view>, 7> k_formats = {{
    {Format::text, "text"},
    {Format::json, "json"},
    {Format::ndjson, "ndjson"},
    {Format::csv, "csv"},
    {Format::prometheus, "prometheus"},
    {Format::junit, "junit"},
    {Format::github, "github"},
}};

}  // namespace

std::string_view to_string(Format format) {
  for (const auto& [known, word] : k_formats) {
    if (known == format) return word;
  }
  return "text";
}

CLI::Option* add_yes(CLI::App& app, Yes& yes) {
  return app.add_flag("--yes", yes.word, "Do not ask; in production: --yes=PROFILE");
}

void add_layout(CLI::App& app, LayoutChoice& choice) {
  app.add_option("--layout", choice.layout,
                 "How tags are kept (generic): rcache help layouts lists them")
      ->type_name("NAME");
  app.add_option("--tag-prefix", choice.tag_prefix,
                 "What stands before the tag in its key, or before all of a layout's key")
      ->type_name("P");
}

void refuse_value(const std::string& flag, const Error& error) {
  throw CLI::ValidationError(flag, error.message);
}

void add_format(CLI::App& app, Format& format, std::initializer_list<Format> allowed) {
  std::string words;
  for (const auto each : allowed) {
    if (!words.empty()) words += '|';
    words += to_string(each);
  }
  const std::vector<Format> choices(allowed);
  app.add_option_function<std::string>(
         "-o,--output",
         [&format, choices, words](const std::string& text) {
           for (const auto choice : choices) {
             if (to_string(choice) == text) {
               format = choice;
               return;
             }
           }
           refuse_value("--output", {ErrorKind::usage,
                                     fmt::format("'{}' is not a form of output here (one of {})",
                                                 printable(text), words)});
         },
         "How to write the result")
      ->type_name(words)
      ->group("Output");
  app.add_flag_callback(
         "--json", [&format] { format = Format::json; }, "The same as -o json")
      ->group("Output");
}

}  // namespace rcache
