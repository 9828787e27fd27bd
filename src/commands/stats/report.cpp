#include "commands/stats/report.h"

#include <algorithm>

#include "commands/stats/sum.h"

namespace rcache::stats {
namespace {

StatsReport report_on(const std::vector<NodeStats>& nodes, const ReportRequest& request) {
  StatsReport out;
  if (nodes.size() == 1) out.address = nodes.front().address;
  for (const auto& node : nodes) out.at_unix_ms = std::max(out.at_unix_ms, node.at_unix_ms);
  out.facts = sum_of(nodes);
  if (out.facts.commands.size() > k_top_commands) out.facts.commands.resize(k_top_commands);
  if (request.since != nullptr) {
    auto [window, notes] = difference(*request.since, snapshot_of(nodes));
    out.window = window;
    out.notes = std::move(notes);
  }
  out.checks = judge(out.facts, nodes, out.window, request.limits);
  return out;
}

}  // namespace

StatsReport make_report(const std::vector<NodeStats>& nodes, const ReportRequest& request) {
  auto out = report_on(nodes, request);
  out.gaps = request.gaps;
  out.complete = out.gaps.empty();
  if (nodes.size() > 1 || request.per_node == PerNode::yes) {
    for (const auto& node : nodes) {
      auto own = report_on({node}, request);
      own.notes.clear();  // they stand in the whole report, which also knows who is gone
      out.per_node.push_back(std::move(own));
    }
  }
  return out;
}

bool failed(const StatsReport& report) {
  return std::any_of(report.checks.begin(), report.checks.end(),
                     [](const Check& check) { return check.status == Status::fail; });
}

}  // namespace rcache::stats
