#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "commands/command.h"
#include "commands/flags.h"
#include "render/json.h"

namespace rcache::tags {

/// A result with a list in it that may be longer than memory: rows are written as they come.
///
/// JSON: one document, {head..., "LIST": [rows], rest...}. NDJSON: a line for each row, and a last
/// one with head and rest. CSV: a header and the rows. Text: the rows between what the command
/// writes before and after them.
class Listing {
 public:
  Listing(Output& output, Format format, std::string list_name);

  Format format() const { return format_; }

  /// In:      an object: what stands before the list, the schema first; CSV's header; a text.
  void begin(const render::Json& head, std::string_view csv_header, std::string_view text = {});
  void row(const render::Json& row);     ///< for JSON and NDJSON
  void row_line(std::string_view line);  ///< for CSV and text
  /// Ends it.
  /// Errors:  output, also that of an earlier row; none for a closed pipe.
  Result<void> finish(const render::Json& rest, std::string_view text = {});

  /// True when nobody reads any more, or nothing can be written.
  bool unread() const { return !written_ || output_.pipe_closed(); }

 private:
  void put(std::string_view text);
  void flush();

  Output& output_;
  Format format_;
  std::string list_name_;
  std::string head_;
  std::string buffer_;
  bool first_ = true;
  Result<void> written_;
};

}  // namespace rcache::tags
