#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace rcache::render {

/// Fields keep the order in which they were set. Only a .cpp that builds one includes
/// <nlohmann/json.hpp>.
using Json = nlohmann::ordered_json;

/// Bytes: a string when they are UTF-8, otherwise {"base64": "..."}.
Json key_json(std::string_view bytes);

/// null for unknown and for what JSON has no number for (infinity, NaN).
Json number_json(std::optional<std::int64_t> value);
Json number_json(std::optional<double> value);
Json number_json(double value);
/// null for unknown; bytes that are not UTF-8 are escaped as in core/key.h. For a server's words.
Json text_json(const std::optional<std::string>& words);

enum class JsonLayout {
  indented,  ///< for people: many lines
  one_line   ///< for NDJSON
};

/// The document as text, ended by "\n". Never throws; bytes that are not UTF-8 become U+FFFD.
///
/// Characters that a terminal would act on or hide (see is_deceptive) are written as \uNNNN, which
/// is the same string to every reader.
/// Source:  RFC 8259, section 7
std::string dump(const Json& document, JsonLayout layout);

}  // namespace rcache::render
