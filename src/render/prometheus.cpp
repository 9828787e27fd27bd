#include "render/prometheus.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/key.h"

namespace rcache::render {
namespace {

std::string escape_label(std::string_view value) {
  // Labels are UTF-8 by definition; other bytes are shown, not sent.
  const auto text = is_valid_utf8(value) ? std::string(value) : printable(value);
  std::string out;
  for (const char letter : text) {
    if (letter == '\\')
      out += "\\\\";
    else if (letter == '"')
      out += "\\\"";
    else if (letter == '\n')
      out += "\\n";
    else
      out += letter;
  }
  return out;
}

std::string series_of(std::string_view name, const MetricLabels& labels) {
  std::string out(name);
  if (labels.empty()) return out;
  char separator = '{';
  for (const auto& [label, value] : labels) {
    out += fmt::format("{}{}=\"{}\"", separator, label, escape_label(value));
    separator = ',';
  }
  return out + "}";
}

}  // namespace

bool PrometheusPage::add(std::string_view name, std::optional<double> value,
                         const MetricLabels& labels) {
  if (!value || !std::isfinite(*value)) return false;
  return add_text(name, fmt::format("{}", *value), labels);
}

bool PrometheusPage::add(std::string_view name, std::optional<std::int64_t> value,
                         const MetricLabels& labels) {
  return value && add_text(name, fmt::format("{}", *value), labels);
}

bool PrometheusPage::add_text(std::string_view name, std::string value,
                              const MetricLabels& labels) {
  const auto family = std::find_if(families_.begin(), families_.end(),
                                   [&](const MetricFamily& known) { return known.name == name; });
  assert(family != families_.end() && "an undeclared metric");
  if (family == families_.end()) return false;
  auto series = series_of(name, labels);
  if (!series_.insert(series).second) return false;
  samples_[static_cast<std::size_t>(family - families_.begin())] += series + " " + value + "\n";
  return true;
}

std::string PrometheusPage::str() const {
  std::string out;
  for (std::size_t index = 0; index < families_.size(); ++index) {
    if (samples_[index].empty()) continue;
    const auto& family = families_[index];
    const auto type = family.type == MetricType::counter ? "counter" : "gauge";
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family.name, family.help, family.name, type);
    out += samples_[index];
  }
  return out;
}

}  // namespace rcache::render
