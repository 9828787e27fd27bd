#include "trace/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/key.h"
#include "trace/csv.h"
#include "trace/monitor.h"
#include "trace/monitor_line.h"
#include "trace/ndjson.h"
#include "trace/oracle_general.h"

namespace rcache::trace {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::pair<TraceFormat, std::string_view>, 6> k_names{
    {{TraceFormat::monitor, "monitor"},
     {TraceFormat::record, "record"},
     {TraceFormat::csv, "csv"},
     {TraceFormat::ndjson, "ndjson"},
     {TraceFormat::twitter, "twitter"},
     {TraceFormat::oracle_general, "oracle-general"}}};

/// Takes the first line that says something off the begin; empty when there is none.
std::string_view take_line(std::string_view& begin) {
  while (!begin.empty()) {
    const auto newline = std::min(begin.find('\n'), begin.size());
    auto line = begin.substr(0, newline);
    begin.remove_prefix(std::min(newline + 1, begin.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) return line;
  }
  return {};
}

bool looks_like_monitor(std::string_view line) {
  MonitorLine out;
  return line == "OK" || line == "+OK" || read_monitor_line(line, out) == nullptr;
}

bool looks_like_csv(std::string_view line) {
  const auto has = [&](std::string_view name) {
    for (auto at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
      const auto end = at + name.size();
      if ((at == 0 || line[at - 1] == ',') && (end == line.size() || line[end] == ',')) return true;
    }
    return false;
  };
  return has("time_s") && has("key");
}

bool looks_like_twitter(std::string_view line) {
  Intake intake;
  Recording recording;
  auto decoder = make_decoder(TraceFormat::twitter, intake, recording, 0);
  decoder->consume(line, More::no);
  return intake.tally.malformed == 0;
}

Result<void> check_compression(std::string_view begin) {
  struct Magic {
    std::string_view bytes;
    std::string_view name;
    std::string_view tool;
  };
  constexpr std::array<Magic, 4> k_magics{{{"\x28\xb5\x2f\xfd"sv, "zstd", "zstd -dc"},
                                           {"\x1f\x8b"sv, "gzip", "gzip -dc"},
                                           {"\xfd\x37\x7a\x58\x5a"sv, "xz", "xz -dc"},
                                           {"BZh"sv, "bzip2", "bzip2 -dc"}}};
  for (const auto& magic : k_magics) {
    if (!begin.starts_with(magic.bytes)) continue;
    return fail(ErrorKind::usage, fmt::format("it is compressed with {}", magic.name),
                fmt::format("pipe it in: {} TRACE | rcache ... -", magic.tool));
  }
  return {};
}

}  // namespace

std::string_view to_string(TraceFormat format) {
  for (const auto& [value, name] : k_names)
    if (value == format) return name;
  return {};
}

Result<TraceFormat> parse_trace_format(std::string_view word) {
  for (const auto& [value, name] : k_names)
    if (name == word) return value;
  return fail(
      ErrorKind::usage,
      fmt::format("'{}' is not one of monitor, record, csv, ndjson, twitter, oracle-general",
                  printable(word)));
}

Result<TraceFormat> detect_format(std::string_view begin) {
  if (begin.empty()) return fail(ErrorKind::usage, "it is empty");
  if (begin.starts_with(k_record_magic)) return TraceFormat::record;
  if (auto plain = check_compression(begin); !plain) return fail(std::move(plain).error());
  constexpr auto k_lcs_magic = "\xf0\xde\xbc\x9a\x78\x56\x34\x12"sv;
  if (begin.starts_with(k_lcs_magic)) {
    return fail(ErrorKind::usage, "it is a trace in libCacheSim's lcs format",
                "convert it to oracleGeneral with libCacheSim's traceConv");
  }
  auto rest = begin;
  const auto first = take_line(rest);
  const auto second = take_line(rest);
  // One damaged line at the begin is no reason to know nothing.
  for (const auto line : {first, second}) {
    if (line.empty()) continue;
    if (looks_like_monitor(line)) return TraceFormat::monitor;
    if (line.front() == '{') return TraceFormat::ndjson;
    if (looks_like_csv(line)) return TraceFormat::csv;
    if (looks_like_twitter(line)) return TraceFormat::twitter;
  }
  if (looks_like_oracle_general(begin)) return TraceFormat::oracle_general;
  return fail(ErrorKind::usage, "its format cannot be told from its begin",
              "name it with --format monitor|record|csv|ndjson|twitter|oracle-general");
}

std::unique_ptr<Decoder> make_decoder(TraceFormat format, Intake& intake, Recording& recording,
                                      std::uint64_t seed) {
  switch (format) {
    case TraceFormat::record:
      return record_decoder(intake, recording);
    case TraceFormat::csv:
      return csv_decoder(intake);
    case TraceFormat::ndjson:
      return ndjson_decoder(intake);
    case TraceFormat::twitter:
      return twitter_decoder(intake, seed);
    case TraceFormat::oracle_general:
      return oracle_general_decoder(intake, seed);
    default:
      return monitor_decoder(intake);
  }
}

}  // namespace rcache::trace
