#include <doctest/doctest.h>

#include "commands/invalidate/render.h"
#include "samples.h"
#include "screen_rules.h"

namespace rcache::invalidate {
namespace {

TEST_CASE("invalidate receipt: a run without events is one line") {
  CHECK(receipt_text(receipt(), {}) == "removed 12,345 keys in 1.2s\n");
  Receipt none;
  none.complete = true;
  none.scanned = 1'000'000;
  none.elapsed = std::chrono::milliseconds(600);
  CHECK(receipt_text(none, {}) == "nothing matches: 1,000,000 keys scanned in 600 ms\n");
  none.matched = none.removed = 1;
  CHECK(receipt_text(none, {}) == "removed 1 key in 600 ms\n");
}

TEST_CASE("invalidate receipt: everything that can happen at once, whole") {
  CHECK(receipt_text(eventful(), {}) ==
        "removed 12,000 of 12,345 matching keys in 1.2s: 310 failed\n"
        "Next        see the server's words below, then run it again to finish\n"
        "Failed      310 keys, the server's words:\n"
        "            contacts:org1:7:\n"
        "              NOPERM this user has no permissions to access one of the keys used\n"
        "              as arguments\n"
        "            contacts:org1:8: MISCONF\n"
        "            ... and 308 more\n"
        "Gone        23 were gone already\n"
        "Uncertain   3 of these may have been removed by us: the connection was lost\n"
        "Protected   12 matching keys kept\n"
        "Tag sets    1 removed\n"
        "Orphans     4 more matching keys on nodes that do not own their slot: clients\n"
        "            cannot read them, and they cannot be removed there\n"
        "Verified    a last scan found no matching key\n"
        "Replicas    2 acknowledged it\n"
        "Backup      /var/backups/contacts of org1.rcb, 12,310 keys, 3.4 MiB\n"
        "            undo with: rcache restore '/var/backups/contacts of org1.rcb'\n"
        "Note        UNLINK is refused here: DEL was used\n"
        "Published   2 messages to cache:invalidate\n"
        "Held back   most of the time by --rate\n"
        "\n"
        "Key pattern               keys  share\n"
        "contacts:org1:*:*:*      9,000  72.9%  ██████████████▋░░░░░\n"
        "contacts:org1:summary:*  3,345  27.1%  █████▍░░░░░░░░░░░░░░\n"
        "\n"
        "Node           scanned  matching  removed\n"
        "10.0.0.1:7000  400,000     6,000    6,000\n"
        "10.0.0.2:7000  600,000     6,345    6,000\n"
        "10.0.0.2:7000: MISCONF Redis is configured to save RDB\n");
}

TEST_CASE("invalidate receipt: the same at 40 columns in ASCII") {
  CHECK(receipt_text(eventful(), {.width = 40, .charset = render::Charset::ascii}) ==
        "removed 12,000 of 12,345 matching keys\n"
        "in 1.2s: 310 failed\n"
        "Next        see the server's words\n"
        "            below, then run it again to\n"
        "            finish\n"
        "Failed      310 keys, the server's\n"
        "            words:\n"
        "            contacts:org1:7:\n"
        "              NOPERM this user has no\n"
        "              permissions to access one\n"
        "              of the keys used as\n"
        "              arguments\n"
        "            contacts:org1:8: MISCONF\n"
        "            ... and 308 more\n"
        "Gone        23 were gone already\n"
        "Uncertain   3 of these may have been\n"
        "            removed by us: the\n"
        "            connection was lost\n"
        "Protected   12 matching keys kept\n"
        "Tag sets    1 removed\n"
        "Orphans     4 more matching keys on\n"
        "            nodes that do not own their\n"
        "            slot: clients cannot read\n"
        "            them, and they cannot be\n"
        "            removed there\n"
        "Verified    a last scan found no\n"
        "            matching key\n"
        "Replicas    2 acknowledged it\n"
        "Backup      /var/backups/contacts of or~\n"
        "            12,310 keys, 3.4 MiB\n"
        "            undo with:\n"
        "rcache restore '/var/backups/contacts '\\\n"
        "'of org1.rcb'\n"
        "Note        UNLINK is refused here: DEL\n"
        "            was used\n"
        "Published   2 messages to\n"
        "            cache:invalidate\n"
        "Held back   most of the time by --rate\n"
        "\n"
        "Key pattern      keys  share\n"
        "contacts:org1~  9,000  72.9%  #######...\n"
        "contacts:org1~  3,345  27.1%  ###.......\n"
        "\n"
        "Node           scanned  removed\n"
        "10.0.0.1:7000  400,000    6,000\n"
        "10.0.0.2:7000  600,000    6,000\n"
        "10.0.0.2:7000: MISCONF Redis is\n"
        "configured to save RDB\n");
}

TEST_CASE("invalidate receipt: each way to stop says what to do next, and that it saw not all") {
  struct Case {
    Reason reason;
    const char* text;
  };
  const Case cases[] = {
      {Reason::max_keys,
       "removed 120 of 123 matching keys found so far, then stopped: --max-keys\n"
       "Next        look at the plan (--dry-run), then raise --max-keys\n"},
      {Reason::max_time,
       "removed 120 of 123 matching keys found so far, then stopped: --max-time\n"
       "Next        run it again to finish\n"},
      {Reason::stop_file,
       "removed 120 of 123 matching keys found so far, then stopped: --stop-file\n"
       "Next        remove that file, then run it again to finish\n"},
      {Reason::interrupted,
       "removed 120 of 123 matching keys found so far, then stopped: interrupted\n"
       "Next        run it again to finish\n"},
      {Reason::backup,
       "removed 120 of 123 matching keys found so far, then stopped: the backup could\n"
       "not be written\n"
       "Next        nothing unsaved was removed; run it again with another --backup file\n"},
      {Reason::server,
       "removed 120 of 123 matching keys found so far, then stopped: the server was lost\n"
       "or refuses\n"
       "Next        when it is back, run it again to finish\n"},
      {Reason::incomplete,
       "removed 120 keys in 1.2s, but not everything could be covered\n"
       "Next        run it again to finish\n"},
      {Reason::done, "removed 120 keys in 1.2s\n"},
  };
  for (const auto& c : cases) {
    CAPTURE(to_string(c.reason));
    CHECK(receipt_text(cut_off(c.reason), {}) == std::string(c.text) +
                                                     "Scanned     10,000 keys, but not everything\n"
                                                     "Gone        3 were gone already\n");
  }
}

TEST_CASE("invalidate receipt: a run that saw all, and still is not done") {
  auto run = receipt();
  run.reason = Reason::not_verified;
  run.verified_left = 3;
  CHECK(receipt_text(run, {}) ==
        "removed 12,345 keys in 1.2s, but a last scan found 3 matching keys\n"
        "Next        run it again; if they come back, something writes them\n"
        "Verified    a last scan found 3 matching keys\n");
  run = receipt();
  run.reason = Reason::replicas;
  run.replicas = 0;
  CHECK(receipt_text(run, {}) ==
        "removed 12,345 keys in 1.2s, but too few replicas have it\n"
        "Next        look at the replicas: a failover now can bring keys back\n"
        "Replicas    none has acknowledged it\n");
  run = receipt();
  run.reason = Reason::incomplete;
  run.complete = false;
  run.reasons = {"10.0.0.3:7000 restarted during the scan", "slots 0-99: no node serves them"};
  run.gone = 1;
  run.removed = 12'344;
  CHECK(receipt_text(run, {}) ==
        "removed 12,344 keys in 1.2s, but not everything could be covered\n"
        "Next        run it again to finish\n"
        "Why         10.0.0.3:7000 restarted during the scan\n"
        "            slots 0-99: no node serves them\n"
        "Scanned     1,000,000 keys, but not everything\n"
        "Gone        1 was gone already\n");
}

TEST_CASE("invalidate receipt: where nothing was touched, that is said first") {
  auto run = cut_off(Reason::max_keys);
  run.matched = 12'345;
  run.removed = run.gone = 0;
  run.complete = true;
  CHECK(receipt_text(run, {}) ==
        "nothing was removed: 12,345 matching keys found, more than --max-keys allows\n"
        "Next        look at the plan (--dry-run), then raise --max-keys\n");
  auto plan_only = eventful();
  plan_only.reason = Reason::dry_run;
  CHECK(receipt_text(plan_only, {}) ==
        "dry run: nothing was removed; run it with --yes to do it\n");
  plan_only.reason = Reason::declined;
  CHECK(receipt_text(plan_only, {}) == "nothing was removed: the answer was not yes\n");
}

TEST_CASE("invalidate receipt: with --spread keys expire, and nothing was removed") {
  auto run = receipt();
  run.how = How::expire;
  run.removed = 0;
  run.expiring = 12'345;
  run.spread_seconds = 45;
  CHECK(receipt_text(run, {}) == "12,345 keys expire within the next 45s\n");
  run.reason = Reason::interrupted;
  run.expiring = 1;
  CHECK(receipt_text(run, {}) ==
        "1 of 12,345 matching keys found so far expires within the next 45s; stopped:\n"
        "interrupted\n"
        "Next        run it again to finish\n");
}

TEST_CASE("invalidate receipt: a backup that saved nothing undoes nothing") {
  auto run = receipt();
  run.backup = "/tmp/a.rcb";
  run.backup_records = 0;
  run.backup_bytes = 88;
  CHECK(receipt_text(run, {}) ==
        "removed 12,345 keys in 1.2s\n"
        "Backup      /tmp/a.rcb, 0 keys, 88 B\n");
}

TEST_CASE("invalidate receipt: colour is for the verdict and for a node's error") {
  auto run = receipt();
  CHECK(receipt_text(run, {.color = render::Color::on}) ==
        "\x1b[32mremoved 12,345 keys in 1.2s\x1b[0m\n");
  run.complete = false;
  run.reason = Reason::incomplete;
  run.nodes[0].error = "LOADING";
  CHECK(receipt_text(run, {.color = render::Color::on}) ==
        "\x1b[1;31mremoved 12,345 keys in 1.2s, but not everything could be covered\x1b[0m\n"
        "Next        run it again to finish\n"
        "Scanned     1,000,000 keys, but not everything\n"
        "\x1b[1;31m127.0.0.1:6379: LOADING\x1b[0m\n");
  CHECK(receipt_text(cut_off(Reason::done), {.color = render::Color::on}).substr(0, 14) ==
        "\x1b[1;31mremoved");
  run = cut_off(Reason::max_time);
  CHECK(receipt_text(run, {.color = render::Color::on}).substr(0, 12) == "\x1b[33mremoved");
}

TEST_CASE("invalidate receipt: hostile names and words neither forge a line nor break the screen") {
  for (int reason = 0; reason <= static_cast<int>(Reason::server); ++reason) {
    for (const auto how : {How::unlink, How::del, How::expire}) {
      const auto run = hostile_receipt(static_cast<Reason>(reason), how);
      for (const std::size_t width : {20U, 33U, 40U, 59U, 80U, 110U}) {
        check_screen(receipt_text(run, {.width = width}), width, false);
      }
      check_screen(receipt_text(run, {.width = 80, .charset = render::Charset::ascii}), 80, true);
    }
  }
  const auto text = receipt_text(hostile_receipt(Reason::done, How::unlink), {});
  CHECK(text.find("\nWhy         evil\\x0aFAKE:\n") != std::string::npos);
  CHECK(text.find("\nBackup      evil\\x0aFAKE: removed\\x1b[2J\\x0d") != std::string::npos);
  CHECK(text.find("\nrcache restore $'evil\\x0aFAKE: removed\\x1b[2J\\x0d") != std::string::npos);
  CHECK(text.find("\n            evil\\x0aFAKE: removed\\x1b[2J\\x0d\\x7f\\xff\\xc3(\\xe2\\x80"
                  "\\xae\\xe2\\x81\\…:\n              short\n") != std::string::npos);
}

}  // namespace
}  // namespace rcache::invalidate
