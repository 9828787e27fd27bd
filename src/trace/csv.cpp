#include "trace/csv.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "trace/hash.h"
#include "trace/number.h"
#include "trace/seconds_spread.h"

namespace rcache::trace {
namespace {

constexpr std::size_t k_most_fields = 64;

/// Splits a line at its commas. A field in quotes may hold commas and doubled quotes.
///
/// Out:     false when a quote is not closed, or there are more fields than anybody writes.
/// Source:  RFC 4180, section 2
bool split_quoted(std::string_view line, std::vector<std::string>& fields) {
  fields.clear();
  std::size_t at = 0;
  while (true) {
    if (fields.size() >= k_most_fields) return false;
    auto& field = fields.emplace_back();
    if (at < line.size() && line[at] == '"') {
      for (++at;; ++at) {
        if (at >= line.size()) return false;
        if (line[at] != '"') {
          field += line[at];
        } else if (at + 1 < line.size() && line[at + 1] == '"') {
          field += line[at++];
        } else {
          break;
        }
      }
      ++at;
      if (at < line.size() && line[at] != ',') return false;
    } else {
      const auto comma = std::min(line.find(',', at), line.size());
      field.assign(line.substr(at, comma - at));
      at = comma;
    }
    if (at >= line.size()) return true;
    ++at;
  }
}

/// Milliseconds of "60" or "0.25" seconds, at least one unless it is nothing.
std::optional<std::uint32_t> read_ttl(std::string_view text) {
  const auto ns = read_seconds(text);
  if (!ns) return std::nullopt;
  return ttl_of((*ns + 999'999) / 1'000'000);
}

std::optional<std::uint32_t> read_load(std::string_view text) {
  const auto ns = read_seconds(text);
  if (!ns || *ns / 1000 >= k_unknown) return std::nullopt;
  return static_cast<std::uint32_t>(*ns / 1000);
}

class CsvDecoder : public LineDecoder {
 public:
  using LineDecoder::LineDecoder;

 private:
  enum Column { time, op, key, ttl, load, size, source, k_columns };
  static constexpr std::array<std::string_view, k_columns> k_names{
      "time_s", "op", "key", "ttl_s", "load_s", "size", "source"};

  void line(std::string_view text) override;
  void read_heading();
  const char* read_event();
  std::string_view field(Column column) const {
    const auto place = places_[column];
    return place && *place < fields_.size() ? std::string_view(fields_[*place])
                                            : std::string_view();
  }

  bool heading_read_ = false;
  std::array<std::optional<std::size_t>, k_columns> places_;
  std::vector<std::string> fields_;
};

void CsvDecoder::read_heading() {
  heading_read_ = true;
  for (std::size_t place = 0; place < fields_.size(); ++place) {
    for (std::size_t column = 0; column < k_columns; ++column) {
      if (fields_[place] == k_names[column]) places_[column] = place;
    }
  }
  ++intake_.tally.other;
  if (places_[time] && places_[key]) return;
  places_ = {};
  // A file without a heading: the columns as they are documented.
  for (std::size_t column = 0; column <= load; ++column) places_[column] = column;
  --intake_.tally.other;
  if (const char* why = read_event()) intake_.tally.add_malformed(why);
}

const char* CsvDecoder::read_event() {
  Event event;
  const auto at = read_seconds(field(time));
  if (!at) return "time_s is not a number of seconds";
  event.time_ns = *at;
  if (!field(op).empty()) {
    const auto verb = verb_named(field(op));
    if (!verb) return "op is not one of get, look, set, add, update, del, expire, persist, flush";
    event.verb = *verb;
  }
  const bool stores = event.verb == Verb::set || event.verb == Verb::add;
  if (stores) event.ttl_ms = k_no_ttl;
  if (!field(ttl).empty()) {
    const auto lives = read_ttl(field(ttl));
    if (!lives) return "ttl_s is not a number of seconds";
    event.ttl_ms = *lives;
  }
  if (!field(load).empty()) {
    const auto took = read_load(field(load));
    if (!took) return "load_s is not a number of seconds";
    event.load_us = *took;
  }
  if (!field(size).empty()) {
    const auto bytes = read_whole(field(size));
    if (!bytes || *bytes >= k_unknown) return "size is not a number of bytes";
    event.size = static_cast<std::uint32_t>(*bytes);
  }
  if (!field(source).empty()) {
    event.source = intake_.sources.intern(quick_hash(field(source), 0));
  }
  if (event.verb == Verb::flush) {
    event.database = k_all_databases;
    intake_.add_flush(event);
    return nullptr;
  }
  if (field(key).empty()) return "no key";
  intake_.add(event, field(key));
  return nullptr;
}

void CsvDecoder::line(std::string_view text) {
  if (!split_quoted(text, fields_)) {
    intake_.tally.add_malformed("quotes that do not close, or too many fields");
  } else if (!heading_read_) {
    read_heading();
  } else if (const char* why = read_event()) {
    intake_.tally.add_malformed(why);
  }
}

class TwitterDecoder : public LineDecoder {
 public:
  TwitterDecoder(Intake& intake, std::uint64_t seed)
      : LineDecoder(intake), spread_(intake.events, seed) {}

 private:
  void line(std::string_view text) override;
  void end() override { spread_.finish(); }

  SecondsSpread spread_;
};

/// Source:  the operations of Twemcache, as the README of the traces lists them
std::optional<Verb> twitter_verb(std::string_view operation) {
  if (operation == "get" || operation == "gets") return Verb::get;
  if (operation == "set" || operation == "cas" || operation == "replace") return Verb::set;
  if (operation == "add") return Verb::add;
  if (operation == "delete") return Verb::del;
  if (operation == "append" || operation == "prepend" || operation == "incr" ||
      operation == "decr") {
    return Verb::update;
  }
  return std::nullopt;
}

void TwitterDecoder::line(std::string_view text) {
  auto& tally = intake_.tally;
  std::array<std::string_view, 7> fields;
  for (auto& field : fields) {
    const auto comma = std::min(text.find(','), text.size());
    field = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  if (!text.empty() || fields[6].empty()) return tally.add_malformed("not seven fields");
  const auto second = read_whole(fields[0]);
  const auto bytes = read_whole(fields[3]);
  const auto verb = twitter_verb(fields[5]);
  const auto ttl = read_whole(fields[6]);
  if (!second || *second > 9'000'000'000) return tally.add_malformed("the time is not in seconds");
  if (!bytes) return tally.add_malformed("the value size is not a number");
  if (!verb) return tally.add_malformed("an operation that Twemcache does not have");
  if (!ttl) return tally.add_malformed("the TTL is not a number of seconds");
  Event event;
  event.time_ns = *second * 1'000'000'000;
  event.verb = *verb;
  event.source = intake_.sources.intern(quick_hash(fields[4], 0));
  if (event.verb == Verb::set || event.verb == Verb::add) {
    event.ttl_ms = *ttl == 0 ? k_no_ttl : ttl_of(std::min<std::int64_t>(*ttl, k_no_ttl) * 1000);
    event.size = static_cast<std::uint32_t>(std::min<std::int64_t>(*bytes, k_unknown - 1));
  }
  if (intake_.accept(event, fields[1])) spread_.add(event);
}

}  // namespace

std::unique_ptr<Decoder> csv_decoder(Intake& intake) {
  return std::make_unique<CsvDecoder>(intake);
}

std::unique_ptr<Decoder> twitter_decoder(Intake& intake, std::uint64_t seed) {
  return std::make_unique<TwitterDecoder>(intake, seed);
}

}  // namespace rcache::trace
