#include "commands/restore/render.h"

#include <doctest/doctest.h>

namespace rcache::restore {
namespace {

RestoreReport all_restored() {
  RestoreReport report;
  report.file = "undo.rcb";
  report.records = 50'000;
  report.restored = 50'000;
  report.complete = true;
  report.reason = "done";
  report.elapsed = std::chrono::milliseconds(1200);
  return report;
}

RestoreReport stopped() {
  auto report = all_restored();
  report.restored = 12'000;
  report.complete = false;
  return report;
}

}  // namespace

TEST_CASE("restore text: when all went well, one line says all") {
  CHECK(text(all_restored(), {}) == "Restored 50,000 of 50,000 keys from undo.rcb in 1.2s\n");
}

TEST_CASE("restore text: what was left out stands below, each with its reason") {
  auto report = all_restored();
  report.records = 50'012;
  report.restored = 48'650;
  report.existing = 1'200;
  report.expired = 100;
  report.filtered = 50;
  report.superseded = 12;
  report.tag_members = 300;
  CHECK(text(report, {}) ==
        "Restored 48,650 of 49,950 keys from undo.rcb in 1.2s\n"
        "\n"
        "  1,200  exist already: left alone (--replace overwrites them)\n"
        "    100  would have expired meanwhile: left out\n"
        "     50  not matched by --match\n"
        "     12  older records of keys that the file holds again\n"
        "    300  tag members put back\n");
}

TEST_CASE("restore text: a dry run says what would be") {
  auto report = all_restored();
  report.dry_run = true;
  report.reason = "dry-run";
  report.restored = 49'990;
  report.existing = 10;
  report.tag_members = 3;
  CHECK(text(report, {}) ==
        "Would restore 49,990 of 50,000 keys from undo.rcb (dry run: nothing was written)\n"
        "\n"
        "  10  exist already: would be left alone\n"
        "   3  tag members would be put back\n");
}

TEST_CASE("restore text: damaged and refused records are named by their place in the file") {
  auto report = all_restored();
  report.records = 49'999;
  report.restored = 49'977;
  report.failed = 23;
  report.damaged = 1;
  report.complete = false;
  report.reason = "failed-records";
  report.reasons = {"1 record of the file cannot be read", "22 records could not be put back"};
  report.failures = {{1234, "contacts:org1:\x1b[31m7", "ERR Bad data format"},
                     {98'765, "", "the checksum does not fit"}};
  CHECK(text(report, {}) ==
        "INCOMPLETE: restored 49,977 of 49,999 keys from undo.rcb in 1.2s\n"
        "  1 record of the file cannot be read\n"
        "  22 records could not be put back\n"
        "\n"
        "Not restored:\n"
        "  at byte 1,234: contacts:org1:\\x1b[31m7: ERR Bad data format\n"
        "  at byte 98,765: damaged record: the checksum does not fit\n"
        "  and 21 more\n");
}

TEST_CASE("restore text: a run that was cut short says how to go on") {
  auto report = stopped();
  report.reason = "evictions";
  report.reasons = {"127.0.0.1:6379 evicted 3 keys meanwhile"};
  CHECK(text(report, {}) ==
        "INCOMPLETE: restored 12,000 of 50,000 keys from undo.rcb in 1.2s\n"
        "  127.0.0.1:6379 evicted 3 keys meanwhile\n"
        "\n"
        "  38,000  not tried\n"
        "\n"
        "The same command again goes on: keys that are back are left alone.\n");
  report = stopped();
  report.reason = "interrupted";
  report.replace = true;
  CHECK(text(report, {}) ==
        "INCOMPLETE: restored 12,000 of 50,000 keys from undo.rcb in 1.2s\n"
        "  interrupted\n"
        "\n"
        "  38,000  not tried\n"
        "\n"
        "The same command again begins from the start.\n");
}

TEST_CASE("restore text: a file that was cut off is a note and spoils nothing") {
  auto report = all_restored();
  report.ended = false;
  report.torn_bytes = 77;
  CHECK(text(report, {}) ==
        "Restored 50,000 of 50,000 keys from undo.rcb in 1.2s\n"
        "\n"
        "Note: the run that wrote the file was cut off; everything before is whole.\n"
        "Note: the file ends within a record (77 B), which is left out.\n");
}

TEST_CASE("restore text: one key is a key, and an empty file has none") {
  auto report = all_restored();
  report.records = report.restored = 1;
  CHECK(text(report, {}) == "Restored 1 of 1 key from undo.rcb in 1.2s\n");
  report.records = report.restored = 0;
  CHECK(text(report, {}) == "Restored 0 of 0 keys from undo.rcb in 1.2s\n");
}

TEST_CASE("restore text: no line is wider than the terminal, and the verdict has a colour") {
  auto report = stopped();
  report.file = "/var/backups/with/quite/a/long/path/undo.rcb";
  report.reason = "memory";
  report.reasons = {"127.0.0.1:6379 uses 99.5% of its maxmemory and would evict keys next"};
  report.failures = {{5, "a:key:of:some:length", "ERR something that takes more than one line"}};
  report.failed = 1;
  CHECK(text(report, {.width = 40}) ==
        "INCOMPLETE: restored 12,000 of 50,000\n"
        "keys from\n"
        "/var/backups/with/quite/a/long/path/undo\n"
        ".rcb in 1.2s\n"
        "  127.0.0.1:6379 uses 99.5% of its\n"
        "  maxmemory and would evict keys next\n"
        "\n"
        "  37,999  not tried\n"
        "\n"
        "Not restored:\n"
        "  at byte 5: a:key:of:some:length: ERR\n"
        "             something that takes more\n"
        "             than one line\n"
        "\n"
        "The same command again goes on: keys\n"
        "that are back are left alone.\n");
  CHECK(text(all_restored(), {.color = render::Color::on}) ==
        "\x1b[32mRestored 50,000 of 50,000 keys from undo.rcb in 1.2s\x1b[0m\n");
}

TEST_CASE("restore json: all fields, in their order") {
  auto report = stopped();
  report.damaged = 1;
  report.failed = 2;
  report.existing = 3;
  report.expired = 4;
  report.superseded = 5;
  report.filtered = 6;
  report.tag_members = 7;
  report.torn_bytes = 8;
  report.ended = false;
  report.reason = "server";
  report.reasons = {"lost the connection to 127.0.0.1:6379: End of file"};
  report.failures = {{1234, "k\xff", "ERR Bad data format"}, {99, "", "the checksum does not fit"}};
  CHECK(json(report) == R"({
  "schema": "rcache.restore/1",
  "records": 50000,
  "restored": 12000,
  "existing": 3,
  "expired": 4,
  "failed": 2,
  "complete": false,
  "dry_run": false,
  "replace": false,
  "superseded": 5,
  "filtered": 6,
  "damaged": 1,
  "tag_members": 7,
  "torn_bytes": 8,
  "ended": false,
  "reason": "server",
  "reasons": [
    "lost the connection to 127.0.0.1:6379: End of file"
  ],
  "failures": [
    {
      "offset": 1234,
      "key": {
        "base64": "a/8="
      },
      "why": "ERR Bad data format"
    },
    {
      "offset": 99,
      "key": null,
      "why": "the checksum does not fit"
    }
  ],
  "file": "undo.rcb",
  "elapsed_seconds": 1.2
}
)");
}

}  // namespace rcache::restore
