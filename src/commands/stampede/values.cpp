#include "commands/stampede/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/key.h"
#include "core/suggest.h"
#include "core/units.h"

namespace rcache::stampede {
namespace {

constexpr std::size_t k_quoted_bytes = 60;

tl::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(ErrorKind::usage, fmt::format("'{}' {}", printable(text, k_quoted_bytes), why));
}

std::optional<double> plain_number(std::string_view text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (problem != std::errc{} || rest != end || !std::isfinite(value) || value < 0)
    return std::nullopt;
  return value;
}

/// "0.5ms" in a unit below what core/units.h measures in; empty for anything else.
std::optional<double> small_span(std::string_view text) {
  for (const auto& [unit, factor] : {std::pair<std::string_view, double>{"us", 1e3},
                                     std::pair<std::string_view, double>{"ms", 1e6}}) {
    if (!text.ends_with(unit)) continue;
    const auto number = plain_number(text.substr(0, text.size() - unit.size()));
    if (number && *number * factor < 1e12) return *number * factor;
  }
  return std::nullopt;
}

constexpr std::string_view k_load_times =
    "is not a load time (try 50ms, exp:50ms, uniform:50ms..300ms or lognormal:80ms,0.5)";

/// "1.5s", "80ms": exact, and read back by parse_span.
std::string typed(Nanos span) {
  if (span % k_second == 0) return fmt::format("{}s", span / k_second);
  if (span % k_millisecond == 0) return fmt::format("{}ms", span / k_millisecond);
  return fmt::format("{}us", static_cast<double>(span) / 1e3);
}

}  // namespace

Result<Nanos> parse_span(std::string_view text) {
  if (const auto small = small_span(text)) {
    if (*small > 0 && *small < 1e3) return refuse(text, "is too short a duration (at least 1us)");
    return static_cast<Nanos>(std::llround(*small));
  }
  const auto span = parse_duration(text);
  if (!span) return fail(span.error());
  return span->count() * k_millisecond;
}

Result<LoadTime> parse_load_time(std::string_view text) {
  LoadTime out;
  const auto colon = text.find(':');
  const auto kind = colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
  auto rest = colon == std::string_view::npos ? text : text.substr(colon + 1);
  std::string_view second;
  if (kind == "uniform" || kind == "lognormal") {
    const std::string_view mark = kind == "uniform" ? ".." : ",";
    const auto at = rest.find(mark);
    if (at == std::string_view::npos) return refuse(text, k_load_times);
    second = rest.substr(at + mark.size());
    rest = rest.substr(0, at);
  }
  const auto span = parse_span(rest);
  if (!span) return refuse(text, k_load_times);
  out.span = *span;
  if (kind == "exp") {
    out.kind = LoadTime::Kind::exponential;
  } else if (kind == "uniform") {
    const auto upper = parse_span(second);
    if (!upper) return refuse(text, k_load_times);
    out.kind = LoadTime::Kind::uniform;
    out.upper = *upper;
  } else if (kind == "lognormal") {
    const auto sigma = plain_number(second);
    if (!sigma) return refuse(text, k_load_times);
    out.kind = LoadTime::Kind::lognormal;
    out.sigma = *sigma;
  } else if (!kind.empty()) {
    return refuse(text, k_load_times);
  }
  return out;
}

Result<DatabaseModel> parse_database_model(std::string_view text) {
  if (text == "fifo") return DatabaseModel::fifo;
  if (text == "shared") return DatabaseModel::shared;
  if (text == "unlimited") return DatabaseModel::unlimited;
  return refuse(text, "is not one of fifo, shared, unlimited");
}

Result<std::vector<Strategy>> parse_strategies(std::string_view text) {
  const auto all = all_strategies();
  if (text == "all") return std::vector<Strategy>(all.begin(), all.end());
  std::vector<Strategy> out;
  std::vector<std::string> known{"all"};
  for (const auto each : all) known.emplace_back(to_string(each));
  while (true) {
    const auto comma = text.find(',');
    const auto name = text.substr(0, comma);
    const auto strategy = strategy_named(name);
    if (!strategy) {
      const auto near = suggest(name, known);
      return refuse(name, near ? fmt::format("is not a strategy (did you mean '{}'?)", *near)
                               : "is not a strategy (rcache help strategies lists them)");
    }
    if (std::find(out.begin(), out.end(), *strategy) == out.end()) out.push_back(*strategy);
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

Result<double> parse_number(std::string_view text) {
  const auto number = plain_number(text);
  if (!number) return refuse(text, "is not a number (try 1 or 0.5)");
  return *number;
}

std::string format_span(double span) {
  if (span >= 0.00995 || span == 0) return format_seconds(span);
  const double ms = span * 1e3;
  if (ms >= 0.095) return fmt::format("{} ms", std::round(ms * 10) / 10);
  return fmt::format("{:.0f} us", span * 1e6);
}

std::string format_span(Nanos span) {
  return format_span(seconds(span));
}

std::string small_number(double number) {
  if (number >= 100) return format_rounded(number);
  return fmt::format("{:.{}f}", number, number >= 0.095 ? 1 : number >= 0.00095 ? 3 : 5);
}

std::string to_string(const LoadTime& load_time) {
  switch (load_time.kind) {
    case LoadTime::Kind::exponential:
      return "exp:" + typed(load_time.span);
    case LoadTime::Kind::uniform:
      return fmt::format("uniform:{}..{}", typed(load_time.span), typed(load_time.upper));
    case LoadTime::Kind::lognormal:
      return fmt::format("lognormal:{},{}", typed(load_time.span), load_time.sigma);
    default:
      return typed(load_time.span);
  }
}

std::string_view to_string(DatabaseModel model) {
  switch (model) {
    case DatabaseModel::fifo:
      return "fifo";
    case DatabaseModel::shared:
      return "shared";
    default:
      return "unlimited";
  }
}

}  // namespace rcache::stampede
