#include "trace/monitor.h"

#include <algorithm>
#include <charconv>

#include "trace/command_words.h"
#include "trace/hash.h"
#include "trace/monitor_line.h"

namespace rcache::trace {
namespace {

using Keys = CommandShape::Keys;
using Detail = CommandShape::Detail;

/// Whether two words are the same but for case. In: `lower` in lower case.
bool is_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower[i]) return false;
  }
  return true;
}

bool read_number(std::string_view text, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

/// Seconds as milliseconds; what does not fit is the longest that does.
std::int64_t in_milliseconds(std::int64_t seconds) {
  constexpr std::int64_t k_most = std::int64_t{1} << 52U;
  if (seconds > k_most) return k_most * 1000;
  if (seconds < -k_most) return -k_most * 1000;
  return seconds * 1000;
}

/// What the words behind the verb said of the time to live.
struct Ttl {
  std::uint32_t ms = k_no_ttl;
  bool past = false;  ///< over already: the key goes
};

class MonitorDecoder : public LineDecoder {
 public:
  using LineDecoder::LineDecoder;

 private:
  void line(std::string_view text) override;
  const char* read_command(const CommandShape& shape);
  const char* read_keys(const CommandShape& shape);
  const char* read_set();
  const char* read_getex();
  const char* read_expiry(const CommandShape& shape);
  const char* read_restore();
  bool read_ttl(Detail unit, const QuotedWord& word, Ttl& out);
  void add(Verb verb, const QuotedWord& key, Ttl ttl = {.ms = k_same_ttl},
           std::uint32_t size = k_unknown);
  std::uint32_t source_of(std::string_view source);

  MonitorLine line_;
  std::vector<QuotedWord> words_;  ///< behind the verb
  std::string room_;
  Event event_;  ///< time, database and source of this line
  std::uint32_t script_source_ = 0;
};

std::uint32_t size_of(const QuotedWord& value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value.size, k_unknown - 1));
}

void MonitorDecoder::add(Verb verb, const QuotedWord& key, Ttl ttl, std::uint32_t size) {
  Event event = event_;
  event.verb = ttl.past ? Verb::del : verb;
  event.ttl_ms = ttl.past ? k_same_ttl : ttl.ms;
  event.size = ttl.past ? k_unknown : size;
  intake_.add(event, unescape(key, room_));
}

std::uint32_t MonitorDecoder::source_of(std::string_view source) {
  return intake_.sources.intern(quick_hash(source, 0));
}

/// "EX" "60" and its like. Out: false when it is no number.
bool MonitorDecoder::read_ttl(Detail unit, const QuotedWord& word, Ttl& out) {
  std::int64_t number = 0;
  if (!read_number(word.text, number)) return false;
  const bool in_seconds = unit == Detail::seconds || unit == Detail::at_seconds;
  std::int64_t ms = in_seconds ? in_milliseconds(number) : number;
  if (unit == Detail::at_seconds || unit == Detail::at_milliseconds) {
    constexpr std::int64_t k_lowest = -(std::int64_t{1} << 62U);
    ms = ms < k_lowest ? k_lowest : ms - event_.time_ns / 1'000'000;
  }
  out.past = ms <= 0;
  out.ms = ttl_of(ms);
  return true;
}

const char* MonitorDecoder::read_set() {
  if (words_.size() < 2) return "SET without a value";
  Verb verb = Verb::set;
  bool reads = false;
  Ttl ttl;
  for (std::size_t i = 2; i < words_.size(); ++i) {
    const auto option = words_[i].text;
    if (is_word(option, "nx")) {
      verb = Verb::add;
    } else if (is_word(option, "get")) {
      reads = true;
    } else if (is_word(option, "keepttl")) {
      ttl.ms = k_same_ttl;
    } else if (!is_word(option, "xx")) {
      const auto unit = is_word(option, "ex")     ? Detail::seconds
                        : is_word(option, "px")   ? Detail::milliseconds
                        : is_word(option, "exat") ? Detail::at_seconds
                        : is_word(option, "pxat") ? Detail::at_milliseconds
                                                  : Detail::none;
      if (unit == Detail::none) continue;  // an option of a later server, which takes no time
      if (++i >= words_.size() || !read_ttl(unit, words_[i], ttl)) return "SET with no expiry time";
    }
  }
  if (reads) add(Verb::get, words_[0]);
  add(verb, words_[0], ttl, size_of(words_[1]));
  return nullptr;
}

const char* MonitorDecoder::read_getex() {
  add(Verb::get, words_[0]);
  if (words_.size() < 2) return nullptr;
  const auto option = words_[1].text;
  if (is_word(option, "persist")) {
    add(Verb::persist, words_[0]);
    return nullptr;
  }
  const auto unit = is_word(option, "ex")     ? Detail::seconds
                    : is_word(option, "px")   ? Detail::milliseconds
                    : is_word(option, "exat") ? Detail::at_seconds
                                              : Detail::at_milliseconds;
  Ttl ttl;
  if (words_.size() < 3 || !read_ttl(unit, words_[2], ttl)) return "GETEX with no expiry time";
  add(Verb::expire, words_[0], ttl);
  return nullptr;
}

const char* MonitorDecoder::read_expiry(const CommandShape& shape) {
  Ttl ttl;
  if (words_.size() < 2 || !read_ttl(shape.detail, words_[1], ttl)) return "no expiry time";
  if (shape.verb == Verb::expire) {
    add(Verb::expire, words_[0], ttl);
    return nullptr;
  }
  if (words_.size() < 3) return "SETEX without a value";
  if (ttl.past) return nullptr;  // the server refused it
  add(shape.verb, words_[0], ttl, size_of(words_[2]));
  return nullptr;
}

const char* MonitorDecoder::read_restore() {
  if (words_.size() < 3) return "RESTORE without a value";
  bool absolute = false;
  for (std::size_t i = 3; i < words_.size(); ++i) {
    absolute = absolute || is_word(words_[i].text, "absttl");
  }
  Ttl ttl;
  const auto unit = absolute ? Detail::at_milliseconds : Detail::milliseconds;
  if (words_[1].text != "0" && !read_ttl(unit, words_[1], ttl)) return "no expiry time";
  add(Verb::set, words_[0], ttl, size_of(words_[2]));
  return nullptr;
}

const char* MonitorDecoder::read_keys(const CommandShape& shape) {
  switch (shape.keys) {
    case Keys::all:
      for (const auto& key : words_) add(shape.verb, key);
      return nullptr;
    case Keys::every_second:
      for (std::size_t i = 0; i + 1 < words_.size(); i += 2) {
        add(shape.verb, words_[i], {.ms = k_no_ttl}, size_of(words_[i + 1]));
      }
      return nullptr;
    case Keys::first:
      add(shape.verb, words_[0]);
      return nullptr;
  }
  return nullptr;
}

const char* MonitorDecoder::read_command(const CommandShape& shape) {
  if (words_.empty()) return "a command without its key";
  switch (shape.detail) {
    case Detail::none:
    case Detail::keeps_ttl:
      return read_keys(shape);
    case Detail::value:
      if (words_.size() < 2) return "a command without its value";
      add(shape.verb, words_[0], {.ms = k_no_ttl}, size_of(words_[1]));
      return nullptr;
    case Detail::then_set:
      if (words_.size() < 2) return "a command without its value";
      add(Verb::get, words_[0]);
      add(Verb::set, words_[0], {.ms = k_no_ttl}, size_of(words_[1]));
      return nullptr;
    case Detail::then_deleted:
      add(Verb::get, words_[0]);
      add(Verb::del, words_[0]);
      return nullptr;
    case Detail::set_options:
      return read_set();
    case Detail::getex_options:
      return read_getex();
    case Detail::restore:
      return read_restore();
    default:
      return read_expiry(shape);
  }
}

void MonitorDecoder::line(std::string_view text) {
  auto& tally = intake_.tally;
  if (text == "OK" || text == "+OK") {  // the server's answer to MONITOR itself
    ++tally.other;
    return;
  }
  if (const char* why = read_monitor_line(text, line_)) return tally.add_malformed(why);
  intake_.last_time_ns = line_.time_ns;
  const bool of_script = line_.source == "lua";
  const auto shape = shape_of(line_.verb);
  if (!shape) {
    if (!of_script) script_source_ = source_of(line_.source);
    ++tally.other;
    return;
  }
  event_.time_ns = line_.time_ns;
  event_.database = line_.database;
  event_.source = of_script ? script_source_ : source_of(line_.source);
  if (shape->verb == Verb::flush) {
    if (is_word(line_.verb, "flushall")) event_.database = k_all_databases;
    return intake_.add_flush(event_);
  }
  const char* why = read_words(line_.rest, words_);
  if (why == nullptr) why = read_command(*shape);
  if (why != nullptr) tally.add_malformed(why);
}

}  // namespace

std::unique_ptr<Decoder> monitor_decoder(Intake& intake) {
  return std::make_unique<MonitorDecoder>(intake);
}

}  // namespace rcache::trace
