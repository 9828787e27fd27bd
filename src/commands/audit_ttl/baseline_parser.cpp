#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "commands/audit_ttl/baseline.h"
#include "core/key.h"
#include "core/suggest.h"
#include "core/units.h"

namespace rcache::audit_ttl {
namespace {

constexpr std::string_view k_schema = "rcache.audit-ttl-baseline/1";
constexpr std::string_view k_spaces = " \t\r\n,:";

/// The text, letter by letter, to a parser that does not say where it stands.
class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Cursor(const char* at, std::size_t* read) : at_(at), read_(read) {}
  reference operator*() const { return *at_; }
  Cursor& operator++() {
    ++at_;
    ++*read_;
    return *this;
  }
  Cursor operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Cursor& other) const { return at_ == other.at_; }
  bool operator!=(const Cursor& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* read_;
};

/// Takes the parser's events one by one, so that each value is checked where it stands.
class Reader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Reader(std::string_view text, const std::string& file, const std::size_t& read)
      : text_(text), file_(file), read_(read) {}

  bool null() override { return value("null"); }
  bool boolean(bool flag) override { return value(flag ? "true" : "false"); }
  bool number_integer(number_integer_t number) override { return value(fmt::format("{}", number)); }
  bool number_unsigned(number_unsigned_t number) override {
    if (place_ != Place::entry || key_ != "keys") return value(fmt::format("{}", number));
    begin_token();
    entry_.keys = number;
    return number > 0 || refuse("'keys' must be 1 or more, found 0", "leave out what is paid");
  }
  bool number_float(number_float_t, const string_t& words) override { return value(words); }
  bool string(string_t& words) override {
    begin_token();
    if (place_ == Place::top && key_ == "schema") return read_schema(words);
    if (place_ == Place::top && key_ == "created") return true;  // for people
    if (place_ == Place::entry && key_ == "pattern") {
      entry_.pattern = words;
      return !words.empty() || refuse("'pattern' must not be empty");
    }
    if (place_ == Place::entry && key_ == "kind") return read_kind(words);
    return wrong(fmt::format("\"{}\"", printable(words, 60)));
  }
  bool binary(binary_t&) override { return value("bytes"); }

  bool start_object(std::size_t) override {
    begin_token();
    if (place_ == Place::outside) {
      place_ = Place::top;
      return true;
    }
    if (place_ != Place::list) return wrong("an object");
    place_ = Place::entry;
    entry_ = {};
    entry_start_ = start_;
    seen_.clear();
    return true;
  }
  bool key(string_t& name) override {
    begin_token();
    key_ = name;
    const bool top = place_ == Place::top;
    const std::vector<std::string> known =
        top ? std::vector<std::string>{"schema", "created", "known"}
            : std::vector<std::string>{"pattern", "kind", "keys"};
    if (std::ranges::find(known, name) == known.end()) {
      const auto near = suggest(name, known);
      return refuse(
          fmt::format("'{}' is no field here", printable(name, 60)),
          (near ? fmt::format("did you mean '{}'? Known are ", *near) : std::string("known are ")) +
              fmt::format("{}", fmt::join(known, ", ")));
    }
    auto& seen = top ? seen_at_top_ : seen_;
    return seen.insert(name).second || refuse(fmt::format("'{}' is there twice", name));
  }
  bool end_object() override {
    begin_token();
    if (place_ == Place::top) {
      place_ = Place::outside;
      for (const auto* field : {"schema", "known"}) {
        if (!seen_at_top_.contains(field))
          return refuse(fmt::format("there is no '{}' in it", field));
      }
      return true;
    }
    place_ = Place::list;
    start_ = entry_start_;
    for (const auto* field : {"pattern", "kind", "keys"}) {
      if (!seen_.contains(field)) return refuse(fmt::format("an entry without '{}'", field));
    }
    if (!patterns_.insert({entry_.pattern, entry_.kind}).second) {
      return refuse(fmt::format("'{}' is known as {} twice", printable(entry_.pattern, 60),
                                to_string(entry_.kind)));
    }
    baseline_.known.push_back(entry_);
    return true;
  }
  bool start_array(std::size_t) override {
    begin_token();
    if (place_ != Place::top || key_ != "known") return wrong("a list");
    place_ = Place::list;
    return true;
  }
  bool end_array() override {
    begin_token();
    place_ = Place::top;
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 2, column 5: syntax error while ...".
    std::string words = error.what();
    const auto begin = words.find("syntax error");
    words = begin == std::string::npos ? "it cannot be read" : words.substr(begin);
    start_ = read_ == 0 ? 0 : read_ - 1;
    return refuse(fmt::format("not JSON: {}", printable(words, 200)),
                  "write it anew with --write-baseline");
  }

  const std::optional<Error>& error() const { return error_; }
  Baseline take() && { return std::move(baseline_); }

 private:
  enum class Place { outside, top, list, entry };

  /// Notes where the token began that has just been read.
  void begin_token() {
    start_ = std::min(text_.find_first_not_of(k_spaces, end_), text_.size());
    end_ = std::max(start_, read_);
  }
  bool value(const std::string& words) {
    begin_token();
    // A number is known to have ended only when the letter behind it has been read.
    const auto last = text_.find_first_of(" \t\r\n,]}", start_);
    end_ = std::min(last, text_.size());
    return wrong(words);
  }
  bool read_schema(const std::string& words) {
    return words == k_schema ||
           refuse(
               fmt::format("'schema' must be \"{}\", found \"{}\"", k_schema, printable(words, 60)),
               words.starts_with("rcache.audit-ttl-baseline/")
                   ? "it was written by another version of rcache"
                   : "it is not a baseline: write one with --write-baseline");
  }
  bool read_kind(const std::string& words) {
    for (const auto kind : k_offences) {
      if (words != to_string(kind)) continue;
      entry_.kind = kind;
      return true;
    }
    return wrong(fmt::format("\"{}\"", printable(words, 60)));
  }
  /// Refuses what was found in the place of what is allowed.
  bool wrong(const std::string& found) {
    switch (place_) {
      case Place::outside:
        return refuse(fmt::format("a baseline is an object, found {}", found));
      case Place::list:
        return refuse(fmt::format("'known' holds objects, found {}", found));
      case Place::top:
        return refuse(fmt::format("'{}' must be {}, found {}", key_,
                                  key_ == "known" ? "a list" : "a string", found));
      case Place::entry:
        break;
    }
    const std::string_view allowed = key_ == "keys" ? "a whole number, 1 or more"
                                     : key_ == "kind"
                                         ? R"("missing", "unwanted", "too-short" or "too-long")"
                                         : "a string";
    return refuse(fmt::format("'{}' must be {}, found {}", key_, allowed, found));
  }
  bool refuse(const std::string& message, std::string hint = {}) {
    const auto before = text_.substr(0, start_);
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto column = start_ - (before.rfind('\n') + 1) + 1;
    error_ = Error{ErrorKind::usage,
                   fmt::format("{}:{}:{}: {}", printable(file_), line, column, message),
                   std::move(hint)};
    return false;
  }

  std::string_view text_;
  const std::string& file_;
  const std::size_t& read_;  ///< bytes that the parser has taken
  std::size_t start_ = 0;    ///< of the last token
  std::size_t end_ = 0;
  std::size_t entry_start_ = 0;
  Place place_ = Place::outside;
  std::string key_;
  std::set<std::string> seen_at_top_;
  std::set<std::string> seen_;
  std::set<std::pair<std::string, Offence>> patterns_;
  Debt entry_;
  Baseline baseline_;
  std::optional<Error> error_;
};

}  // namespace

Result<Baseline> parse_baseline(std::string_view text, const std::string& file_name) {
  std::size_t read = 0;
  Reader reader(text, file_name, read);
  // It judges as it reads: a deep or long file that is no baseline ends at its first wrong token.
  const bool done = nlohmann::json::sax_parse(Cursor(text.data(), &read),
                                              Cursor(text.data() + text.size(), &read), &reader);
  if (!done && reader.error()) return fail(*reader.error());
  if (!done) return fail(ErrorKind::usage, fmt::format("{}:1:1: not JSON", printable(file_name)));
  return std::move(reader).take();
}

}  // namespace rcache::audit_ttl
