#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rcache::render {

/// One line of CSV, field by field.
///
/// Lines end with "\n" as everything here does: RFC 4180 wants "\r\n", but its readers take both
/// and the line tools of a shell take only the first. Source:  RFC 4180, section 2 (quoting)
class CsvLine {
 public:
  /// Text from outside. A spreadsheet runs a cell that begins with = + - @ as a formula: such a
  /// cell gets a ' before it. Numbers never do. Source:
  /// https://owasp.org/www-community/attacks/CSV_Injection
  CsvLine& text(std::string_view words);
  /// Unknown and not finite: an empty field.
  CsvLine& number(std::optional<std::int64_t> value);
  CsvLine& number(std::optional<double> value);

  /// The line, ended.
  std::string str() const { return line_ + "\n"; }

 private:
  CsvLine& field(std::string_view raw);

  std::string line_;
  bool first_ = true;
};

}  // namespace rcache::render
