#include "render/csv.h"

#include <fmt/format.h>

#include <cmath>

namespace rcache::render {

CsvLine& CsvLine::text(std::string_view words) {
  constexpr std::string_view k_formula_starts = "=+-@\t\r";
  std::string cell;
  if (!words.empty() && k_formula_starts.find(words[0]) != std::string_view::npos) cell += '\'';
  cell += words;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return field(cell);
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
