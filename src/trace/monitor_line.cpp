#include "trace/monitor_line.h"

#include <array>
#include <bit>
#include <cstring>
#include <optional>

namespace rcache::trace {
namespace {

constexpr std::int64_t k_most_seconds = 9'000'000'000;  // what 64 bits of nanoseconds hold

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Eight digits at once; empty when they are not all digits.
///
/// Source:  Lemire, "Quickly parsing eight digits" (2018)
std::optional<std::int64_t> eight_digits(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, 8);
  constexpr std::uint64_t k_zeros = 0x3030303030303030ULL;
  constexpr std::uint64_t k_upper_halves = 0xf0f0f0f0f0f0f0f0ULL;
  if ((word & k_upper_halves) != k_zeros) return std::nullopt;
  if (((word + 0x0606060606060606ULL) & k_upper_halves) != k_zeros) return std::nullopt;
  word -= k_zeros;
  word = word * 10 + (word >> 8U);
  constexpr std::uint64_t k_pairs = 0x000000ff000000ffULL;
  word = ((word & k_pairs) * 0x000f424000000064ULL +
          ((word >> 16U) & k_pairs) * 0x0000271000000001ULL) >>
         32U;
  return static_cast<std::int64_t>(word);
}

/// The form that every line has between 2001 and 2286: ten digits, a point, six digits, a blank.
bool take_usual_time(std::string_view& line, std::int64_t& time_ns) {
  if constexpr (std::endian::native != std::endian::little) return false;
  if (line.size() < 20 || line[10] != '.' || line[17] != ' ') return false;
  const auto upper = eight_digits(line.data());
  if (!upper || !is_digit(line[8]) || !is_digit(line[9])) return false;
  std::array<char, 8> micros{'0', '0'};
  std::memcpy(micros.data() + 2, line.data() + 11, 6);
  const auto fraction = eight_digits(micros.data());
  if (!fraction) return false;
  const auto seconds = *upper * 100 + (line[8] - '0') * 10 + (line[9] - '0');
  if (seconds > k_most_seconds) return false;
  time_ns = seconds * 1'000'000'000 + *fraction * 1000;
  line.remove_prefix(18);
  return true;
}

/// "1795229574.519795 " at the begin of `line`, which it is cut off.
bool take_time(std::string_view& line, std::int64_t& time_ns) {
  constexpr std::size_t k_most_digits = 11;  // of seconds: the year 5138
  std::size_t at = 0;
  std::int64_t seconds = 0;
  // One more than may be: then there is no point behind them.
  for (; at < line.size() && is_digit(line[at]) && at <= k_most_digits; ++at) {
    seconds = seconds * 10 + (line[at] - '0');
  }
  if (at == 0 || at > k_most_digits || at >= line.size() || line[at] != '.') return false;
  std::int64_t unit = 1'000'000'000;
  std::int64_t fraction = 0;
  const std::size_t begin = ++at;
  // Bounded before it is multiplied: a hostile line has any number of digits.
  for (; at < line.size() && is_digit(line[at]) && at - begin < 9; ++at) {
    unit /= 10;
    fraction += (line[at] - '0') * unit;
  }
  if (at == begin || at >= line.size() || line[at] != ' ') return false;
  if (seconds > k_most_seconds) return false;
  time_ns = seconds * 1'000'000'000 + fraction;
  line.remove_prefix(at + 1);
  return true;
}

/// "[0 127.0.0.1:43272] " or "(db 0) ".
bool take_origin(std::string_view& line, std::string_view& origin) {
  // A source never holds a quote on any system that we know; a path with spaces or brackets may.
  const auto quote = line.find('"');
  if (quote == std::string_view::npos || quote < 4 || line[quote - 1] != ' ') return false;
  const auto close = quote - 2;
  const bool brackets = line[0] == '[' && line[close] == ']';
  const bool of_old = line.starts_with("(db ") && line[close] == ')';
  if (!brackets && !of_old) return false;
  const std::size_t begin = of_old ? 4 : 1;
  if (begin > close) return false;
  origin = line.substr(begin, close - begin);
  line.remove_prefix(quote);
  return true;
}

bool take_database(std::string_view& origin, std::uint16_t& database) {
  std::size_t at = 0;
  std::uint32_t number = 0;
  for (; at < origin.size() && is_digit(origin[at]) && at < 5; ++at) {
    number = number * 10 + static_cast<std::uint32_t>(origin[at] - '0');
  }
  if (at == 0 || number >= 0xffff || (at < origin.size() && origin[at] != ' ')) return false;
  database = static_cast<std::uint16_t>(number);
  origin.remove_prefix(at < origin.size() ? at + 1 : at);
  return true;
}

/// The high bit of each byte of `word` that equals `wanted`, exact up to the first of them.
std::uint64_t bytes_equal(std::uint64_t word, char wanted) {
  constexpr std::uint64_t k_ones = 0x0101010101010101ULL;
  constexpr std::uint64_t k_highs = 0x8080808080808080ULL;
  const std::uint64_t difference =
      word ^ (k_ones * static_cast<std::uint64_t>(static_cast<unsigned char>(wanted)));
  return (difference - k_ones) & ~difference & k_highs;
}

/// The first quote or backslash from `at` on; `end` when there is none.
const char* find_special(const char* at, const char* end) {
  if constexpr (std::endian::native == std::endian::little) {
    while (end - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, 8);
      const auto found = bytes_equal(word, '"') | bytes_equal(word, '\\');
      if (found != 0) return at + std::countr_zero(found) / 8;
      at += 8;
    }
  }
  while (at < end && *at != '"' && *at != '\\') ++at;
  return at;
}

/// One word from its first quote on. Out: what stands behind its last one, or null.
const char* take_word(const char* at, const char* end, QuotedWord& word) {
  if (at >= end || *at != '"') return nullptr;
  const char* const begin = ++at;
  std::uint64_t saved = 0;  // by how many bytes the text is longer than what it stands for
  while (true) {
    at = find_special(at, end);
    if (at >= end) return nullptr;
    if (*at == '"') break;
    if (end - at < 2) return nullptr;
    const std::size_t escape = at[1] == 'x' ? 4 : 2;
    if (static_cast<std::size_t>(end - at) < escape) return nullptr;
    if (escape == 4 && (hex_digit(at[2]) < 0 || hex_digit(at[3]) < 0)) return nullptr;
    at += escape;
    saved += escape - 1;
  }
  word.text = {begin, static_cast<std::size_t>(at - begin)};
  word.size = word.text.size() - saved;
  return at + 1;
}

char plain_escape(char letter) {
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    default:
      return letter;
  }
}

}  // namespace

const char* read_monitor_line(std::string_view line, MonitorLine& out) {
  if (line.starts_with('+')) line.remove_prefix(1);
  if (!take_usual_time(line, out.time_ns) && !take_time(line, out.time_ns))
    return "no time (seconds.microseconds) at its begin";
  std::string_view origin;
  if (!take_origin(line, origin)) return "no [database source] behind the time";
  if (!take_database(origin, out.database)) return "no database number in the brackets";
  out.source = origin;
  QuotedWord verb;
  const char* const end = line.data() + line.size();
  const char* const behind = take_word(line.data(), end, verb);
  if (behind == nullptr) return "a word without its closing quote";
  out.verb = verb.text;
  out.rest = {behind, static_cast<std::size_t>(end - behind)};
  return nullptr;
}

const char* read_words(std::string_view rest, std::vector<QuotedWord>& out) {
  out.clear();
  const char* at = rest.data();
  const char* const end = at + rest.size();
  while (at < end) {
    if (*at != ' ') return "something between two words";
    QuotedWord word;
    at = take_word(at + 1, end, word);
    if (at == nullptr) return "a word without its closing quote";
    out.push_back(word);
  }
  return nullptr;
}

std::string_view unescape(const QuotedWord& word, std::string& room) {
  if (!word.escaped()) return word.text;
  room.clear();
  const auto text = word.text;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 >= text.size()) {
      room += text[at];
    } else if (text[at + 1] == 'x' && at + 3 < text.size()) {
      room += static_cast<char>(hex_digit(text[at + 2]) * 16 + hex_digit(text[at + 3]));
      at += 3;
    } else {
      room += plain_escape(text[++at]);
    }
  }
  return room;
}

}  // namespace rcache::trace
