#include "render/csv.h"

#include <fmt/format.h>

#include <cmath>

namespace rcache::render {
namespace {

/// Also a cell that would make its line a command to the runner of a CI job ("::error") if it came
/// first: behind a quote it is none, and readers get the same value.
bool must_be_quoted(std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") != std::string_view::npos) return true;
  const auto letter = cell.find_first_not_of(" \t");
  return letter != std::string_view::npos && cell.substr(letter).starts_with("::");
}

}  // namespace

CsvLine& CsvLine::text(std::string_view words) {
  constexpr std::string_view k_formula_starts = "=+-@\t\r";
  std::string cell;
  if (!words.empty() && k_formula_starts.find(words[0]) != std::string_view::npos) cell += '\'';
  cell += words;
  if (!must_be_quoted(cell)) return field(cell);
  std::string quoted = "\"";
  for (const char letter : cell) {
    if (letter == '"') quoted += '"';
    quoted += letter;
  }
  return field(quoted + "\"");
}

CsvLine& CsvLine::number(std::optional<std::int64_t> value) {
  return field(value ? fmt::format("{}", *value) : "");
}

CsvLine& CsvLine::number(std::optional<double> value) {
  return field(value && std::isfinite(*value) ? fmt::format("{}", *value) : "");
}

CsvLine& CsvLine::field(std::string_view raw) {
  if (!first_) line_ += ',';
  first_ = false;
  line_ += raw;
  return *this;
}

}  // namespace rcache::render
