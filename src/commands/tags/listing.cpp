#include "commands/tags/listing.h"

#include <nlohmann/json.hpp>

namespace rcache::tags {
namespace {

constexpr std::size_t k_buffer_bytes = 32 * 1024;

std::string one_line(const render::Json& value) {
  auto text = render::dump(value, render::JsonLayout::one_line);
  text.pop_back();
  return text;
}

/// The fields of an indented object, without its braces.
std::string fields_of(const render::Json& object) {
  if (object.empty()) return {};
  const auto text = render::dump(object, render::JsonLayout::indented);
  return text.substr(2, text.size() - 5);  // "{\n", "\n}\n"
}

}  // namespace

Listing::Listing(Output& output, Format format, std::string list_name)
    : output_(output), format_(format), list_name_(std::move(list_name)) {}

void Listing::put(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= k_buffer_bytes) flush();
}

void Listing::flush() {
  if (!unread() && !buffer_.empty()) {
    auto result = output_.write(buffer_);
    if (!result && !output_.pipe_closed()) written_ = std::move(result);
  }
  buffer_.clear();
}

void Listing::begin(const render::Json& head, std::string_view csv_header, std::string_view text) {
  switch (format_) {
    case Format::json:
      put("{\n" + fields_of(head) + ",\n  \"" + list_name_ + "\": [");
      break;
    case Format::ndjson:
      head_ = one_line(head);
      break;
    case Format::csv:
      put(csv_header);
      break;
    default:
      put(text);
  }
}

void Listing::row(const render::Json& row) {
  if (format_ == Format::ndjson) {
    put(one_line(row) + "\n");
    return;
  }
  put((first_ ? "\n    " : ",\n    ") + one_line(row));
  first_ = false;
}

void Listing::row_line(std::string_view line) {
  put(line);
}

Result<void> Listing::finish(const render::Json& rest, std::string_view text) {
  switch (format_) {
    case Format::json:
      put(first_ ? "]" : "\n  ]");
      put(rest.empty() ? "\n}\n" : ",\n" + fields_of(rest) + "\n}\n");
      break;
    case Format::ndjson: {
      auto tail = one_line(rest);
      if (rest.empty()) {
        put(head_ + "\n");
      } else {
        put(head_.substr(0, head_.size() - 1) + "," + tail.substr(1) + "\n");
      }
      break;
    }
    case Format::csv:
      break;
    default:
      put(text);
  }
  flush();
  return written_;
}

}  // namespace rcache::tags
