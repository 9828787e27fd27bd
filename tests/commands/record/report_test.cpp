#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "commands/record/render.h"

namespace rcache::record {
namespace {

RecordReport sample() {
  RecordReport report;
  report.file = "r.rct";
  report.captured.elapsed = std::chrono::milliseconds(30'000);
  report.lines = 1300;
  report.events = 1234;
  report.other = 60;
  report.malformed = 6;
  report.file_bytes = 12'340;
  report.verbs[static_cast<std::size_t>(trace::Verb::get)] = 1000;
  report.verbs[static_cast<std::size_t>(trace::Verb::set)] = 234;
  report.captured.nodes.push_back(
      {.address = "10.0.0.1:6379", .lines = 1300, .bytes = 90'000, .error = {}});
  return report;
}

}  // namespace

TEST_CASE("record text: a recording that ended as it should") {
  CHECK(text(sample(), {.width = 100}) ==
        "Recorded 1,234 events in 30s to r.rct\n"
        "\n"
        "Ended       the time was over (--for)\n"
        "Commands    1,000 reads, 234 writes\n"
        "Left out    60 commands that read or change no key\n"
        "Not read    6 lines that made no sense\n"
        "File        12.1 KiB, 10.0 bytes an event; keys hashed with a secret that is gone, no "
        "values\n"
        "Cost        a server under MONITOR loses about 12% of its throughput to single reads, and "
        "half or\n"
        "            more to pipelined commands, until the recording ends\n"
        "\n"
        "Next: rcache stampede replay r.rct\n");
}

TEST_CASE("record text: one that could not keep up, of several servers") {
  auto report = sample();
  report.captured.end = CaptureEnd::cannot_keep_up;
  report.captured.detail = "10.0.0.2:6379 has 300.0 MiB of lines waiting to be read";
  report.plain_keys = true;
  report.captured.nodes.push_back({.address = "10.0.0.2:6379",
                                   .lines = 7,
                                   .bytes = 500,
                                   .most_behind_ms = 4200,
                                   .most_waiting_bytes = 314'572'800,
                                   .error = "lost"});
  report.captured.gaps.push_back("10.0.0.3:6379: Connection refused");
  const auto shown = text(report, {.width = 100});
  for (const char* part :
       {"INCOMPLETE: recorded 1,234 events in 30s to r.rct\n",
        "Ended       stopped to spare the server: 10.0.0.2:6379 has 300.0 MiB of lines waiting to "
        "be",
        "with key names, no values\n",
        "Behind      at most 4.2s: the server waited for this program\n",
        "Servers     10.0.0.1:6379: 1,300 lines\n", "            10.0.0.2:6379: 7 lines; lost\n",
        "Missing     10.0.0.3:6379: Connection refused\n"}) {
    CAPTURE(part);
    CHECK(shown.find(part) != std::string::npos);
  }
}

TEST_CASE("record json: every field") {
  const auto json = nlohmann::ordered_json::parse(record::json(sample()));
  CHECK(
      json.dump() ==
      R"({"schema":"rcache.record/1","file":"r.rct","complete":true,"reason":"time","detail":null,)"
      R"("plain_keys":false,"elapsed_seconds":30.0,"lines":1300,"events":1234,"verbs":{"get":1000,)"
      R"("look":0,"set":234,"add":0,"update":0,"del":0,"expire":0,"persist":0,"flush":0},)"
      R"("other_commands":60,"filtered":0,"malformed":6,"file_bytes":12340,"nodes":[{"address":)"
      R"("10.0.0.1:6379","lines":1300,"received_bytes":90000,"most_behind_seconds":0.0,)"
      R"("most_waiting_bytes":null,"error":null}],"gaps":[]})");
}

}  // namespace rcache::record
