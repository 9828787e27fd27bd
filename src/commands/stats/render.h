#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "commands/stats/report.h"
#include "core/error.h"
#include "render/style.h"

namespace rcache::stats {

/// The report as one screen for a person, the verdict last. With PerNode::yes also a table of the
/// nodes.
std::string text(const StatsReport& report, const render::TextLook& look,
                 PerNode per_node = PerNode::no);

/// "rcache.stats/1", for people to read; `ndjson` is the same on one line.
std::string json(const StatsReport& report);
std::string ndjson(const StatsReport& report);

/// A header and one row; with PerNode::yes a row for each node instead. Databases and commands,
/// which have no fixed number, are left to the other forms.
std::string csv(const StatsReport& report, PerNode per_node);
std::string csv_header();
std::string csv_row(const StatsReport& report);

/// Metrics for node_exporter's textfile collector. What is unknown is left out.
///
/// With PerNode::yes each node's samples, labelled `node`, stand in the place of the sums, so that
/// adding them up counts nothing twice; the verdicts stay those of the whole.
std::string prometheus(const StatsReport& report, PerNode per_node);

/// A snapshot for `--save`: "rcache.stats-snapshot/1".
std::string snapshot_json(const Snapshot& snapshot);

/// Reads what snapshot_json wrote.
///
/// Errors:  usage, in words that follow a file's name: "is not JSON (line 2, column 5)".
Result<Snapshot> parse_snapshot(std::string_view text);

}  // namespace rcache::stats
