#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "commands/restore/scripts.h"

namespace rcache::restore {
namespace {

using Json = nlohmann::json;

Json json_of(const test::LineResult& result) {
  REQUIRE(result.outcome);
  return Json::parse(result.out);
}

/// The counts of a document, those that are not 0.
Json counts_of(const Json& document) {
  auto out = Json::object();
  for (const auto* name : {"restored", "existing", "expired", "failed", "superseded", "filtered",
                           "damaged", "tag_members"}) {
    if (document[name] != 0) out[name] = document[name];
  }
  return out;
}

constexpr std::int64_t k_hour = 3'600'000;

}  // namespace

TEST_CASE("restore: keys go back with their own expiry, or with none") {
  const auto result =
      run_restore(file_of({value("cache:1"), value("cache:2", k_now + k_hour)}), {"--json"},
                  survey() + probe("cache:1") +
                      Script{restoring("cache:1", "0", {}, ok()),
                             restoring("cache:2", "1700003600500", {"ABSTTL"}, ok())} +
                      watch());
  const auto document = json_of(result);
  CHECK(*result.outcome == Outcome::done);
  CHECK(document["schema"] == "rcache.restore/1");
  CHECK(document["records"] == 2);
  CHECK(document["complete"] == true);
  CHECK(document["ended"] == true);
  CHECK(document["reason"] == "done");
  CHECK(counts_of(document) == Json{{"restored", 2}});
  CHECK(result.notes.empty());
}

TEST_CASE("restore: an existing key is left alone, and that is no failure") {
  const auto result = run_restore(
      file_of({value("cache:1"), value("cache:2")}), {"--json"},
      survey() + probe("cache:1") +
          Script{restoring("cache:1", "0", {}, error("BUSYKEY Target key name already exists.")),
                 restoring("cache:2", "0", {}, ok())} +
          watch());
  const auto document = json_of(result);
  CHECK(*result.outcome == Outcome::done);
  CHECK(counts_of(document) == Json{{"restored", 1}, {"existing", 1}});
}

TEST_CASE("restore: what has expired by the server's clock is never sent, with --replace neither") {
  for (const bool replace : {false, true}) {
    CAPTURE(replace);
    std::vector<std::string> flags{"--json"};
    std::vector<std::string> words{"ABSTTL"};
    if (replace) {
      flags.emplace_back("--replace");
      words = {"REPLACE", "ABSTTL"};
    }
    const auto result = run_restore(
        file_of({value("past", k_now), value("alive", k_now + k_hour), value("long-past", 1)}),
        flags,
        survey() + probe("past") + Script{restoring("alive", "1700003600500", words, ok())} +
            watch());
    CHECK(*result.outcome == Outcome::done);
    CHECK(counts_of(json_of(result)) == Json{{"restored", 1}, {"expired", 2}});
  }
}

TEST_CASE("restore: without TIME the clock comes from INFO, and without both nothing is done") {
  const auto file = file_of({value("past", k_now), value("alive", k_now + 1)});
  const auto forbidden = error("NOPERM this user has no permissions to run the 'time' command");
  const Script blind = {{{"TIME"}, forbidden},
                        {{"INFO", "stats"}, Reply{k_info_stats}},
                        {{"INFO", "memory"}, Reply{k_info_memory}}};
  const auto result = run_restore(
      file, {"--json"},
      blind +
          Script{{{"INFO", "server"},
                  Reply{std::string("# Server\r\nserver_time_usec:1700000000500123\r\n")}}} +
          probe("past") + Script{restoring("alive", "1700000000501", {"ABSTTL"}, ok())} + watch());
  CHECK(counts_of(json_of(result)) == Json{{"restored", 1}, {"expired", 1}});

  const Script no_info{{{"INFO", "server"}, error("NOPERM no")}};
  const auto none = run_restore(file, {"--json"}, blind + no_info);
  REQUIRE_FALSE(none.outcome);
  CHECK(none.outcome.error().kind == ErrorKind::connect);
  CHECK(none.outcome.error().message ==
        "127.0.0.1:6379 does not tell its time (NOPERM this user has no permissions to run the "
        "'time' command): nobody knows which keys have expired");
  CHECK(none.out.empty());

  const auto remaining = run_restore(
      file, {"--json", "--ttl=remaining"},
      blind + no_info + probe("past") +
          Script{restoring("past", "10000", {}, ok()), restoring("alive", "10001", {}, ok())} +
          watch());
  CHECK(counts_of(json_of(remaining)) == Json{{"restored", 2}});
}

TEST_CASE(
    "restore: a key that soon expires replaces another with a duration, then gets its moment") {
  const auto result = run_restore(
      file_of({value("soon", k_now + 2000), value("refused", k_now + 3000),
               value("later", k_now + k_hour)}),
      {"--json", "--replace"},
      survey() + probe("soon") +
          Script{restoring("soon", "2000", {"REPLACE"}, ok()),
                 restoring("refused", "3000", {"REPLACE"}, error("ERR Bad data format")),
                 restoring("later", "1700003600500", {"REPLACE", "ABSTTL"}, ok())} +
          watch() + Script{{{"PEXPIREAT", "soon", "1700000002500"}, integer(1)}});
  // Never for the refused one: it would end the life of the key that is there.
  CHECK(counts_of(json_of(result)) == Json{{"restored", 2}, {"failed", 1}});
}

TEST_CASE("restore: a dry run asks which keys are there, and writes nothing") {
  const auto result = run_restore(
      file_of({value("cache:1"), value("cache:2", k_now + k_hour), value("past", k_now - 1)}),
      {"--dry-run"},
      survey() + Script{{{"EXISTS", "cache:1"}, integer(1)}, {{"EXISTS", "cache:2"}, integer(0)}});
  CHECK(*result.outcome == Outcome::done);
  CHECK(contains(result.out, "Would restore 1 of 3 keys from "));
  CHECK(contains(result.out,
                 "  1  exist already: would be left alone\n"
                 "  1  would have expired meanwhile: left out\n"));
  const auto replacing = run_restore(file_of({value("cache:1"), value("past", k_now - 1)}),
                                     {"--dry-run", "--replace", "--json"}, survey());
  CHECK(counts_of(json_of(replacing)) == Json{{"restored", 1}, {"expired", 1}});
}

TEST_CASE("restore: a server that cannot read the payloads gets none of them") {
  const auto result = run_restore(
      file_of({value("cache:1"), value("cache:2")}), {},
      survey() + Script{{{"RESTORE", "cache:1" + k_probe, "1000", backup::probe_dump(10)},
                         error("ERR DUMP payload version or checksum are wrong")}});
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::incomplete);
  CHECK(result.outcome.error().message ==
        "redis 7.0.15 at 127.0.0.1:6379 cannot read payload version 10 (the backup was made by "
        "redis 7.0.15)");
  CHECK(result.outcome.error().hint == "restore into a server of that version or later");
  CHECK(result.out.empty());
}

TEST_CASE("restore: a probe's name that is taken is left alone, and another is tried") {
  const auto second = std::string("cache:1:rcache-probe-18bcfe56801");
  const auto result = run_restore(
      file_of({value("cache:1")}), {"--json"},
      survey() +
          Script{{{"RESTORE", "cache:1" + k_probe, "1000", backup::probe_dump(10)},
                  error("BUSYKEY Target key name already exists.")},
                 {{"RESTORE", second, "1000", backup::probe_dump(10)}, ok()},
                 {{"UNLINK", second}, error("NOPERM no permissions to run the 'unlink' command")},
                 restoring("cache:1", "0", {}, ok())} +
          watch());
  CHECK(counts_of(json_of(result)) == Json{{"restored", 1}});
}

TEST_CASE("restore: a server that takes no writes says so before anything is tried") {
  struct Case {
    const char* reply;
    ErrorKind kind;
    const char* message;
  };
  const Case cases[] = {
      {"READONLY You can't write against a read only replica.", ErrorKind::connect,
       "127.0.0.1:6379 is a replica: it takes no writes"},
      {"NOPERM no permissions to run the 'restore' command", ErrorKind::connect,
       "127.0.0.1:6379 does not allow it: NOPERM no permissions to run the 'restore' command"},
      {"OOM command not allowed", ErrorKind::refused,
       "127.0.0.1:6379 has no memory left: OOM command not allowed"},
      {"ERR unknown command 'RESTORE', with args beginning with: 'cache:1'", ErrorKind::server,
       "127.0.0.1:6379 answered: ERR unknown command 'RESTORE'"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.reply);
    const auto result = run_restore(
        file_of({value("cache:1")}), {},
        survey() + Script{{{"RESTORE", "cache:1" + k_probe, "1000", backup::probe_dump(10)},
                           error(c.reply)}});
    REQUIRE_FALSE(result.outcome);
    CHECK(result.outcome.error().kind == c.kind);
    CHECK(result.outcome.error().message == c.message);
  }
}

TEST_CASE("restore: out of memory stops the run, and says how far it came") {
  std::vector<Value> values;
  Script batch;
  for (int i = 0; i < 500; ++i) {
    const auto key = "cache:" + std::to_string(i);
    values.push_back(value(key));
    batch.push_back(restoring(key, "0", {}, i < 300 ? ok() : error("OOM command not allowed")));
  }
  values.push_back(value("of-the-next-batch"));
  const auto result =
      run_restore(file_of(values), {"--json"}, survey() + probe("cache:0") + batch + watch());
  const auto document = json_of(result);
  CHECK(*result.outcome == Outcome::incomplete);
  CHECK(document["complete"] == false);
  CHECK(document["reason"] == "memory");
  CHECK(document["reasons"] ==
        Json::array({"127.0.0.1:6379 has no memory left: OOM command not allowed"}));
  CHECK(counts_of(document) == Json{{"restored", 300}});
}

TEST_CASE("restore: evictions stop the run before the next batch, unless they are allowed") {
  std::vector<Value> values;
  Script batch;
  for (int i = 0; i < 501; ++i) {
    const auto key = "cache:" + std::to_string(i);
    values.push_back(value(key));
    batch.push_back(restoring(key, "0", {}, ok()));
  }
  const Script first(batch.begin(), batch.begin() + 500);
  const auto stopped =
      run_restore(file_of(values), {"--json"},
                  survey() + probe("cache:0") + first + watch("evicted_keys:9\r\n"));
  const auto document = json_of(stopped);
  CHECK(*stopped.outcome == Outcome::incomplete);
  CHECK(document["reason"] == "evictions");
  CHECK(document["reasons"] ==
        Json::array({"127.0.0.1:6379 evicted 2 keys meanwhile: others than these, or some of those "
                     "just restored (--allow-evictions goes on)"}));
  CHECK(counts_of(document) == Json{{"restored", 500}});

  const auto allowed = run_restore(file_of(values), {"--json", "--allow-evictions"},
                                   survey() + probe("cache:0") + batch);
  CHECK(*allowed.outcome == Outcome::done);
  CHECK(counts_of(json_of(allowed)) == Json{{"restored", 501}});
}

TEST_CASE(
    "restore: a server that evicts is not filled to the brim, but the last batch is the last") {
  const std::string roomy =
      "used_memory:1000000\r\nmaxmemory:2000000\r\nmaxmemory_policy:allkeys-lru\r\n";
  const std::string full =
      "used_memory:1990000\r\nmaxmemory:2000000\r\nmaxmemory_policy:allkeys-lru\r\n";
  std::vector<Value> values;
  Script batch;
  for (int i = 0; i < 500; ++i) {
    const auto key = "cache:" + std::to_string(i);
    values.push_back(value(key));
    batch.push_back(restoring(key, "0", {}, ok()));
  }
  const auto script = survey(roomy) + probe("cache:0") + batch + watch(k_info_stats, full);
  CHECK(*run_restore(file_of(values), {}, script).outcome == Outcome::done);
  values.push_back(value("one-more"));
  const auto document = json_of(run_restore(file_of(values), {"--json"}, script));
  CHECK(document["reason"] == "memory");
  CHECK(counts_of(document) == Json{{"restored", 500}});
}

TEST_CASE("restore: a file that cannot fit is refused before anything is written") {
  const std::string tight =
      "used_memory:1000000\r\nmaxmemory:1000010\r\nmaxmemory_policy:allkeys-lru\r\n";
  const auto file = file_of({value("cache:1"), value("other:2")});
  const Script asking = {{{"EXISTS", "cache:1"}, integer(0)}, {{"EXISTS", "other:2"}, integer(0)}};
  const auto result = run_restore(file, {}, survey(tight) + asking);
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::refused);
  CHECK(contains(result.outcome.error().message, "127.0.0.1:6379 uses 976.6 KiB of 976.6 KiB"));

  const auto dry = json_of(run_restore(file, {"--dry-run", "--replace", "--json"}, survey(tight)));
  CHECK(dry["complete"] == true);
  CHECK(dry["reasons"].size() == 1);

  const auto allowed = run_restore(
      file, {"--allow-evictions"},
      survey(tight) + probe("cache:1") +
          Script{restoring("cache:1", "0", {}, ok()), restoring("other:2", "0", {}, ok())});
  CHECK(*allowed.outcome == Outcome::done);
}

TEST_CASE("restore: a server that does not tell its memory is restored into, with a warning") {
  const auto forbidden = error("NOPERM this user has no permissions to run the 'info' command");
  const Script silent{{{"INFO", "stats"}, forbidden}, {{"INFO", "memory"}, forbidden}};
  const auto result = run_restore(file_of({value("cache:1")}), {},
                                  Script{{{"TIME"}, time_reply()}} + silent + probe("cache:1") +
                                      Script{restoring("cache:1", "0", {}, ok())} + silent);
  CHECK(*result.outcome == Outcome::done);
  CHECK(result.notes ==
        std::vector<std::string>{"rcache: 127.0.0.1:6379 does not tell its memory (INFO): "
                                 "evictions will go unnoticed"});
}

TEST_CASE("restore: a damaged record is named by its offset, and the rest is restored") {
  const auto before = frame(header()) + frame(value("cache:1"));
  auto bytes = before + frame(value("cache:2")) + frame(value("cache:3"));
  bytes[before.size() + frame(value("cache:2")).size() - 6] ^= 1;  // in the payload
  const auto result = run_restore(
      bytes, {"--json"},
      survey() + probe("cache:1") +
          Script{restoring("cache:1", "0", {}, ok()), restoring("cache:3", "0", {}, ok())} +
          watch());
  const auto document = json_of(result);
  CHECK(*result.outcome == Outcome::incomplete);
  CHECK(document["records"] == 2);
  CHECK(document["complete"] == false);
  CHECK(document["ended"] == false);
  CHECK(document["reason"] == "failed-records");
  CHECK(counts_of(document) == Json{{"restored", 2}, {"failed", 1}, {"damaged", 1}});
  REQUIRE(document["failures"].size() == 1);
  CHECK(document["failures"][0]["offset"] == before.size());
  CHECK(document["failures"][0]["key"] == nullptr);
}

TEST_CASE("restore: a torn tail and a missing end are notes, and the run is complete") {
  const auto whole = frame(header()) + frame(value("cache:1"));
  const auto result = run_restore(
      whole + frame(value("cache:2")).substr(0, 20), {},
      survey() + probe("cache:1") + Script{restoring("cache:1", "0", {}, ok())} + watch());
  CHECK(*result.outcome == Outcome::done);
  CHECK(contains(result.out, "Restored 1 of 1 key from "));
  CHECK(contains(result.out,
                 "Note: the run that wrote the file was cut off; everything before is whole.\n"
                 "Note: the file ends within a record (20 B), which is left out.\n"));
}

TEST_CASE("restore: of several records of a key the last one counts") {
  auto newer = value("cache:1", k_now + k_hour);
  const auto result =
      run_restore(file_of({value("cache:1"), value("cache:2"), newer}), {"--json"},
                  survey() + probe("cache:2") +
                      Script{restoring("cache:2", "0", {}, ok()),
                             restoring("cache:1", "1700003600500", {"ABSTTL"}, ok())} +
                      watch());
  CHECK(counts_of(json_of(result)) == Json{{"restored", 2}, {"superseded", 1}});
}

TEST_CASE("restore: --match is the user's pattern behind the key prefix") {
  const TempDir folder;
  Members tag;
  tag.container = "app:tag:org1";
  tag.members = {"app:contacts:1", "contacts:2", "app:other:3", "other:4"};
  const auto path = folder.write(
      "backup",
      file_of({value("app:contacts:1"), value("app:other:3"), value("contacts:9")}, {tag}));
  const auto servers = std::make_shared<ScriptedDeployment>(
      survey() + probe("app:contacts:1") +
      Script{restoring("app:contacts:1", "0", {}, error("ERR Bad data format"))} + watch() +
      Script{{{"EXISTS", "app:tag:org1"}, integer(1)},
             {{"SADD", "app:tag:org1", "app:contacts:1", "contacts:2"}, integer(2)}});
  const auto result =
      run_restore({"--json", "--match=contacts:*", path}, {servers, KeyPrefix("app:")});
  const auto document = json_of(result);
  CHECK(counts_of(document) == Json{{"failed", 1}, {"filtered", 2}, {"tag_members", 2}});
  CHECK(document["failures"][0]["key"] == "contacts:1");
  CHECK(document["failures"][0]["why"] == "ERR Bad data format");
}

TEST_CASE(
    "restore: members go back into their tag's set, which has its expiry again if it was gone") {
  Members there;
  there.container = "tag:there";
  there.expires_unix_ms = k_now + k_hour;
  there.members = {"a", "b"};
  auto gone = there;
  gone.container = "tag:gone";
  auto expired = there;
  expired.container = "tag:expired";
  expired.expires_unix_ms = k_now;
  auto wrong = there;
  wrong.container = "tag:wrong";
  const auto file = file_of({}, {there, gone, expired, wrong});
  const auto result = run_restore(
      file, {"--json"},
      survey() + Script{
                     {{"EXISTS", "tag:there"}, integer(1)},
                     {{"SADD", "tag:there", "a", "b"}, integer(1)},
                     {{"EXISTS", "tag:gone"}, integer(0)},
                     {{"SADD", "tag:gone", "a", "b"}, integer(2)},
                     {{"PEXPIREAT", "tag:gone", "1700003600500"}, integer(1)},
                     {{"EXISTS", "tag:expired"}, integer(0)},
                     {{"EXISTS", "tag:wrong"}, integer(1)},
                     {{"SADD", "tag:wrong", "a", "b"},
                      error("WRONGTYPE Operation against a key holding the wrong kind of value")},
                 });
  const auto document = json_of(result);
  CHECK(*result.outcome == Outcome::incomplete);
  CHECK(counts_of(document) == Json{{"tag_members", 3}, {"failed", 1}});
  CHECK(document["failures"][0]["key"] == "tag:wrong");

  const auto dry = run_restore(file, {"--json", "--dry-run"},
                               survey() + Script{{{"EXISTS", "tag:there"}, integer(1)},
                                                 {{"EXISTS", "tag:gone"}, integer(0)},
                                                 {{"EXISTS", "tag:expired"}, integer(0)},
                                                 {{"EXISTS", "tag:wrong"}, integer(1)}});
  CHECK(counts_of(json_of(dry)) == Json{{"tag_members", 6}});
}

TEST_CASE("restore: a key that is elsewhere is sent to its owner, alone") {
  const auto result =
      run_restore(file_of({value("cache:1"), value("cache:2")}), {"--json"},
                  survey() + probe("cache:1") +
                      Script{restoring("cache:1", "0", {}, error("MOVED 1 127.0.0.1:7001")),
                             restoring("cache:2", "0", {}, ok())} +
                      watch() + Script{restoring("cache:1", "0", {}, ok())});
  CHECK(counts_of(json_of(result)) == Json{{"restored", 2}});
}

TEST_CASE("restore: a cluster that stays down stops the run instead of every key") {
  const auto down = error("CLUSTERDOWN The cluster is down");
  const auto result = run_restore(
      file_of({value("cache:1"), value("cache:2")}), {"--json"},
      survey() + probe("cache:1") +
          Script{restoring("cache:1", "0", {}, down), restoring("cache:2", "0", {}, down)} +
          watch() + Script{restoring("cache:1", "0", {}, down)});
  const auto document = json_of(result);
  CHECK(document["reason"] == "server");
  CHECK(document["reasons"] == Json::array({"127.0.0.1:6379 takes no writes: CLUSTERDOWN The "
                                            "cluster is down"}));
  CHECK(counts_of(document) == Json::object());
}

TEST_CASE("restore: an interrupt between two batches ends the run with its report") {
  const TempDir folder;
  const auto path = folder.write("backup", file_of({value("cache:1")}));
  const auto result = run_restore(
      {"--json", path}, {std::make_shared<ScriptedDeployment>(survey() + probe("cache:1")),
                         {},
                         [](Interrupt& interrupt) { interrupt.request(2); }});
  const auto document = json_of(result);
  CHECK(*result.outcome == Outcome::incomplete);
  CHECK(document["reason"] == "interrupted");
  CHECK(counts_of(document) == Json::object());
}

TEST_CASE("restore: what is no backup, and wrong flags, are usage errors without a server") {
  const auto result = run_restore("hello", {}, {});
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::usage);
  CHECK_THROWS_AS(run_restore(file_of({}), {"--ttl=never"}, {}), CLI::ParseError);
  CHECK_THROWS_AS(run_restore(file_of({}), {"--match="}, {}), CLI::ParseError);
  CHECK_THROWS_AS(run_restore({}, {std::make_shared<ScriptedDeployment>(Script{})}),
                  CLI::ParseError);
}

}  // namespace rcache::restore
