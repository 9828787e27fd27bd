#include "commands/stampede/sweep_flag.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "commands/stampede/values.h"
#include "core/key.h"
#include "core/suggest.h"
#include "core/units.h"
#include "stampede/math.h"

namespace rcache::stampede {
namespace {

constexpr std::size_t k_steps = 13;
constexpr std::int64_t k_most_steps = 100;
constexpr double k_ratios_from = 20;
constexpr std::string_view k_form = "is not NAME=FROM..TO (try jitter=0s..60s or beta=0.5,1,2)";

tl::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(ErrorKind::usage, fmt::format("'{}' {}", printable(text, 60), why));
}

bool takes_span(const Parameter& parameter) {
  return parameter.type == "DURATION" || parameter.type == "TIME";
}

bool takes_count(const Parameter& parameter) {
  return parameter.type == "N";
}

bool can_be_swept(const Parameter& parameter) {
  return takes_span(parameter) || takes_count(parameter) || parameter.type == "RATE" ||
         parameter.type == "RATIO" || parameter.type == "S" || parameter.type == "B" ||
         parameter.type == "P" || parameter.type == "X";
}

Result<double> parse_value(const Parameter& parameter, std::string_view text) {
  if (takes_span(parameter)) {
    const auto span = parse_span(text);
    if (!span) return fail(span.error());
    return seconds(*span);
  }
  if (takes_count(parameter)) {
    const auto count = parse_count(text);
    if (!count) return fail(count.error());
    return static_cast<double>(*count);
  }
  if (parameter.type == "RATE") return parse_rate(text);
  if (parameter.type == "RATIO") return parse_ratio(text);
  return parse_number(text);
}

/// As it would be typed.
std::string typed(const Parameter& parameter, double value) {
  if (takes_span(parameter)) return fmt::format("{}us", std::llround(value * 1e6));
  if (takes_count(parameter)) return fmt::format("{}", std::llround(value));
  return fmt::format("{:.9f}", value);
}

std::string words(const Parameter& parameter, double value) {
  if (takes_span(parameter)) return format_span(value);
  if (takes_count(parameter)) return format_rounded(value);
  if (parameter.type == "RATIO") return format_ratio(value);
  auto out = fmt::format("{:.3f}", value);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) out.pop_back();
  return out;
}

std::vector<double> between(double from, double to, std::size_t steps) {
  std::vector<double> out;
  const bool ratios = from > 0 && to >= k_ratios_from * from;
  for (std::size_t step = 0; step < steps; ++step) {
    const double part = static_cast<double>(step) / static_cast<double>(steps - 1);
    out.push_back(ratios ? from * power(to / from, part) : from + part * (to - from));
  }
  out.back() = to;
  return out;
}

Result<std::vector<double>> parse_range(const Parameter& parameter, std::string_view text) {
  auto steps = k_steps;
  auto range = text;
  if (const auto slash = range.rfind('/'); slash != std::string_view::npos) {
    const auto count = parse_count(range.substr(slash + 1));
    if (!count || *count < 2 || *count > k_most_steps)
      return refuse(range.substr(slash + 1), "is not a number of steps (2 to 100)");
    steps = static_cast<std::size_t>(*count);
    range = range.substr(0, slash);
  }
  const auto dots = range.find("..");
  const auto from = parse_value(parameter, range.substr(0, dots));
  if (!from) return fail(from.error());
  const auto to = parse_value(parameter, range.substr(dots + 2));
  if (!to) return fail(to.error());
  if (*to <= *from) return refuse(text, "ends before it begins");
  return between(*from, *to, steps);
}

Result<std::vector<double>> parse_list(const Parameter& parameter, std::string_view text) {
  std::vector<double> out;
  while (true) {
    const auto comma = text.find(',');
    const auto value = parse_value(parameter, text.substr(0, comma));
    if (!value) return fail(value.error());
    out.push_back(*value);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Result<SweepFlag> parse_sweep(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return refuse(text, k_form);
  const auto name = text.substr(0, equals);
  const auto* parameter = parameter_named(name);
  if (parameter == nullptr || !can_be_swept(*parameter)) {
    std::vector<std::string> known;
    for (const auto& each : parameters())
      if (can_be_swept(each)) known.emplace_back(each.name);
    const auto near = suggest(name, known);
    return refuse(name, near ? fmt::format("cannot be swept (did you mean '{}'?)", *near)
                             : "cannot be swept (try jitter, beta, load-time, rate or lock-ttl)");
  }
  const auto rest = text.substr(equals + 1);
  if (rest.empty()) return refuse(text, k_form);
  auto values = rest.find("..") == std::string_view::npos ? parse_list(*parameter, rest)
                                                          : parse_range(*parameter, rest);
  if (!values) return fail(std::move(values).error());
  if (takes_count(*parameter))
    for (auto& value : *values) value = std::round(value);
  values->erase(std::unique(values->begin(), values->end()), values->end());
  if (values->size() < 2 || values->size() > static_cast<std::size_t>(k_most_steps))
    return refuse(rest, "is not 2 to 100 different values");
  return SweepFlag{parameter, takes_span(*parameter) ? SweepUnit::seconds : SweepUnit::number,
                   std::move(*values)};
}

Result<std::vector<SweepValue>> values_of(const SweepFlag& sweep, const Scenario& scenario) {
  std::vector<SweepValue> out;
  for (const double value : sweep.values) {
    SweepValue one{value, words(*sweep.parameter, value), scenario};
    const auto text = typed(*sweep.parameter, value);
    auto done = sweep.parameter->set(one.scenario, text);
    if (done) done = check(one.scenario);
    if (!done) {
      return fail(ErrorKind::usage, fmt::format("--sweep: {}: {}", one.words, done.error().message),
                  done.error().hint);
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace rcache::stampede
