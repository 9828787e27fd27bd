#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rcache::render {

enum class MetricType { counter, gauge };

/// What is said once about all samples of one name.
struct MetricFamily {
  std::string_view name;
  MetricType type = MetricType::gauge;
  std::string_view help;
};

/// Labels in the order in which they are written; any bytes as value.
using MetricLabels = std::vector<std::pair<std::string_view, std::string>>;

/// A page of metrics for node_exporter's textfile collector or a scrape.
///
/// Families come in the order in which they were declared, each with HELP, TYPE and all its
/// samples; one without samples is left out. No timestamps: the collector refuses them. Source:
/// https://prometheus.io/docs/instrumenting/exposition_formats/ (text-based format)
class PrometheusPage {
 public:
  /// In: families with distinct names of letters, digits and "_"; they outlive the page.
  template <std::size_t N>
  explicit PrometheusPage(const MetricFamily (&families)[N]) : families_(families, families + N) {
    samples_.resize(N);
  }

  /// Adds a sample of a declared family. An unknown or not finite value is left out, and so is a
  /// series that is already there: the collector drops the whole file for one duplicate.
  ///
  /// Out:     true when it was added.
  bool add(std::string_view name, std::optional<double> value, const MetricLabels& labels = {});
  bool add(std::string_view name, std::optional<std::int64_t> value,
           const MetricLabels& labels = {});

  /// The page; empty, or ended by "\n".
  std::string str() const;

 private:
  bool add_text(std::string_view name, std::string value, const MetricLabels& labels);

  std::vector<MetricFamily> families_;
  std::vector<std::string> samples_;  // the lines of each family
  std::set<std::string> series_;
};

}  // namespace rcache::render
