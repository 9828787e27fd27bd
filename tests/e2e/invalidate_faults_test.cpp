// `rcache invalidate` while the server, the network, the person or the kernel ends things: what is
// gone was meant and is in the backup, 0 means that nothing is left, and running it again finishes.
#include <csignal>
#include <iterator>
#include <list>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "e2e/invalidate.h"
#include "support/relay.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

constexpr int k_matching = 400;
constexpr int k_others = 100;

/// Small batches, so that a run has many moments.
const std::vector<std::string> k_words = {"go:*",    "--yes", "-o",        "json",
                                          "--count", "10",    "--protect", "go:keep*"};

std::vector<std::string> words_with(std::vector<std::string> more) {
  more.insert(more.begin(), k_words.begin(), k_words.end());
  return more;
}

/// What stays, whatever happens.
KeySet bystanders() {
  auto all = names("stay:", k_others);
  all.merge(names("go:keep", 20));
  return all;
}

void fill_all(Server& server) {
  server.command({"FLUSHALL"});
  fill(server, "go:", k_matching);
  fill(server, "go:keep", 20);
  fill(server, "stay:", k_others);
}

KeySet left_of(Server& server) {
  KeySet left;
  for (const auto& key : with_prefix(keys_at(server), "go:"))
    if (!key.starts_with("go:keep")) left.insert(key);
  return left;
}

void check_bystanders(Server& server) {
  const auto all = keys_at(server);
  for (const auto& key : bystanders()) {
    CAPTURE(key);
    CHECK(all.contains(key));
  }
}

/// Each key that is gone has its value in the file.
void check_saved(Server& server, const std::string& path) {
  const auto left = left_of(server);
  const auto saved = read_backup(path);
  if (left.size() == k_matching) return;
  REQUIRE(saved);
  CHECK(saved->damaged == 0);
  std::vector<Words> restores;
  for (const auto& key : names("go:", k_matching)) {
    if (left.contains(key)) continue;
    CAPTURE(key);
    REQUIRE(saved->values.contains(key));
    restores.push_back({"RESTORE", "test:" + key, "0", saved->values.at(key).dump});
    restores.push_back({"GETDEL", "test:" + key});
  }
  const auto replies = server.pipeline(restores);
  std::size_t at = 0;
  for (const auto& key : names("go:", k_matching)) {
    if (left.contains(key)) continue;
    CHECK(replies[at + 1].text == key);
    at += 2;
  }
}

/// Run again without any fault, it finishes.
void check_converges(Server& server) {
  const auto result = invalidate(server, words_with({}));
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(left_of(server).empty());
}

/// 0 means that nothing is left; everything else says why.
void check_verdict(Server& server, const ProgramResult& result) {
  CHECK(result.signal == 0);
  CHECK(result.exit_code != 70);
  if (result.exit_code == 0) {
    CHECK(left_of(server).empty());
    return;
  }
  if (result.out.empty()) {
    CHECK(contains(result.err, "rcache: "));
    return;
  }
  const auto json = receipt_in(result);
  CHECK(json["complete"] == false);
  CHECK(json["reason"] != "done");
}

std::size_t received(Relay& relay) {
  return relay.recorded(Direction::down).size();
}

/// Waits until so many bytes came from the server, or it ended.
void wait_for_bytes(Relay& relay, Program& program, std::size_t bytes) {
  const Deadline deadline(k_patience);
  while (received(relay) < bytes && program.running()) {
    if (deadline.passed()) throw Failure("the bytes never came");
  }
}

void wait_for_removals(Server& server, Program& program) {
  wait_until("the first removal", [&] {
    if (!program.running()) throw Failure("it ended: " + program.wait().describe());
    return left_of(server).size() < k_matching;
  });
}

std::size_t bytes_of_a_run(Server& server, const std::vector<std::string>& words) {
  fill_all(server);
  Relay relay(server.address(), Listen::unix_socket);
  run(invalidate_with(relay.url(), words));
  return received(relay);
}

/// Far enough away that a run has time to be hit in its middle.
void put_far_away(Relay& relay) {
  relay.set(Direction::down, {.delay = std::chrono::milliseconds{1}});
}

}  // namespace

TEST_CASE("invalidate faults: a server that dies and comes back with all keys") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const auto bytes = bytes_of_a_run(server, k_words);
  fill_all(server);
  server.command({"SAVE"});
  std::mt19937 random(1);
  for (int round = 0; round < 30; ++round) {
    CAPTURE(round);
    const TempDir folder;
    const bool saving = round % 2 == 1;
    Relay relay(server.address(), Listen::unix_socket);
    put_far_away(relay);
    Program program(
        invalidate_with(relay.url(), saving ? words_with({"--backup", folder.file("backup")})
                                            : words_with({"--verify"})));
    wait_for_bytes(relay, program, random() % bytes);
    server.kill();
    const auto before = received(relay);
    server.restart();
    const auto& result = program.wait();
    CAPTURE(result.describe());
    if (result.exit_code == 0 && received(relay) == before) {
      // It was done before: what came back later is nothing that it could know of.
      CHECK(receipt_in(result)["removed"] == k_matching);
    } else {
      check_verdict(server, result);
    }
    check_bystanders(server);
    if (saving) check_saved(server, folder.file("backup"));
    if (round % 10 == 0) check_converges(server);
    server.restart();  // from the same file: all keys are back
  }
}

TEST_CASE("invalidate faults: keys that a restart brought back are removed once more") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const auto bytes = bytes_of_a_run(server, k_words);
  fill_all(server);
  server.command({"SAVE"});
  for (std::size_t part = 1; part < 10; ++part) {
    CAPTURE(part);
    Relay relay(server.address(), Listen::unix_socket);
    put_far_away(relay);
    Program program(invalidate_with(relay.url(), k_words));
    wait_for_bytes(relay, program, bytes * part / 10);
    server.kill();
    const auto before = received(relay);
    server.restart();
    const auto& result = program.wait();
    CAPTURE(result.describe());
    if (received(relay) > before) check_verdict(server, result);
    server.restart();
  }
}

TEST_CASE("invalidate faults: a server that dies and comes back empty") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const auto bytes = bytes_of_a_run(server, k_words);
  std::mt19937 random(2);
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    fill_all(server);
    Relay relay(server.address(), Listen::unix_socket);
    put_far_away(relay);
    Program program(invalidate_with(relay.url(), k_words));
    wait_for_bytes(relay, program, random() % bytes);
    server.kill();
    server.restart();
    // What is written behind the restart is meant as well.
    fill(server, "go:", 20);
    const auto& result = program.wait();
    CAPTURE(result.describe());
    CHECK(result.signal == 0);
    CHECK(result.exit_code != 70);
    if (!result.out.empty()) receipt_in(result);
    CHECK(with_prefix(keys_at(server), "stay:").empty());
    check_converges(server);
  }
}

TEST_CASE("invalidate faults: a server that dies or is stopped for good ends the run in time") {
  RCACHE_NEED_SERVER("redis");
  struct Victim {
    Server server;
    TempDir folder;
    Relay relay{server.address(), Listen::unix_socket};
    std::optional<Program> program;
  };
  std::list<Victim> victims;  // side by side: each takes as long as its retries do
  Server model;
  const auto bytes = bytes_of_a_run(model, k_words);
  std::mt19937 random(3);
  for (int round = 0; round < 6; ++round) {
    auto& victim = victims.emplace_back();
    fill_all(victim.server);
    put_far_away(victim.relay);
    auto words = words_with({"-t", "1"});
    if (round == 0) words.insert(words.end(), {"--backup", victim.folder.file("backup")});
    victim.program.emplace(invalidate_with(victim.relay.url(), words));
    wait_for_bytes(victim.relay, *victim.program,
                   round < 2 ? bytes / 2 : bytes / 10 + random() % (bytes / 2));
    if (round < 2) {
      victim.server.pause();
    } else {
      victim.server.kill();
    }
  }
  for (auto& victim : victims) {
    const auto& result = victim.program->wait();  // its own deadline is the test
    CAPTURE(result.describe());
    CHECK((result.exit_code == 0 || result.exit_code == 3 || result.exit_code == 4));
    if (result.exit_code == 3) continue;
    const auto json = receipt_in(result);
    CHECK(json["complete"] == (result.exit_code == 0));
    if (result.exit_code == 0) CHECK(json["removed"] == k_matching);  // on a slow day
    if (result.exit_code == 4) CHECK_FALSE((json["reasons"].empty() && json["failures"].empty()));
  }
  for (auto* victim : {&victims.front(), &*std::next(victims.begin())}) {
    victim->server.resume();
    check_bystanders(victim->server);
    if (victim == &victims.front()) check_saved(victim->server, victim->folder.file("backup"));
    check_converges(victim->server);
  }
}

TEST_CASE("invalidate faults: rcache killed at any moment has saved all that it removed") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir model;
  const auto bytes = bytes_of_a_run(server, words_with({"--backup", model.file("backup")}));
  std::mt19937 random(4);
  int cut_short = 0;
  for (int round = 0; round < 100; ++round) {
    CAPTURE(round);
    fill_all(server);
    const TempDir folder;
    const std::string mode = round % 4 == 3 ? "fast" : "exact";
    Relay relay(server.address(), Listen::unix_socket);
    put_far_away(relay);
    Program program(invalidate_with(
        relay.url(), words_with({"--backup", folder.file("backup"), "--backup-mode", mode})));
    wait_for_bytes(relay, program, random() % bytes);
    program.signal(SIGKILL);
    const auto& result = program.wait();
    cut_short += result.signal == SIGKILL ? 1 : 0;
    check_bystanders(server);
    check_saved(server, folder.file("backup"));
    if (round % 5 == 0) check_converges(server);
  }
  CHECK(cut_short > 50);
}

TEST_CASE("invalidate faults: a connection cut at any byte") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const auto bytes = bytes_of_a_run(server, k_words);
  std::mt19937 random(5);
  for (int round = 0; round < 24; ++round) {
    CAPTURE(round);
    fill_all(server);
    const TempDir folder;
    const bool saving = round % 3 == 0;
    Relay relay(server.address(), Listen::unix_socket);
    RelayRules rules;
    rules.cut = round % 2 == 0 ? Cut::fin : Cut::rst;
    rules.cut_after = random() % bytes;
    const auto direction = round % 4 < 2 ? Direction::down : Direction::up;
    relay.set(direction, rules);
    Program program(invalidate_with(
        relay.url(), saving ? words_with({"--backup", folder.file("backup")}) : words_with({})));
    // Mostly the first connection alone is cut; sometimes every one is.
    while (round % 12 != 0 && relay.accepted() < 2 && program.running()) {
    }
    if (round % 12 != 0) relay.set(direction, {});
    const auto& result = program.wait();
    CAPTURE(result.describe());
    check_verdict(server, result);
    check_bystanders(server);
    if (saving) check_saved(server, folder.file("backup"));
    if (round % 10 == 0) check_converges(server);
  }
}

TEST_CASE("invalidate faults: one cut is gone round, and the run still proves that it is done") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_all(server);
  Relay relay(server.address(), Listen::unix_socket);
  Program program(invalidate_with(relay.url(), words_with({"--rate", "400"})));
  wait_for_removals(server, program);
  relay.cut_all(Cut::rst);
  const auto& result = program.wait();
  CAPTURE(result.describe());
  check_verdict(server, result);
  check_bystanders(server);
  CHECK(result.exit_code == 0);
}

TEST_CASE("invalidate faults: a scan that begins anew does not count kept keys again") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_all(server);
  Relay relay(server.address(), Listen::unix_socket);
  Program program(invalidate_with(relay.url(), words_with({"--rate", "400"})));
  wait_for_removals(server, program);
  wait_until("half of them", [&] {
    program.so_far();
    return left_of(server).size() < k_matching / 2;
  });
  relay.cut_all(Cut::rst);
  const auto json = receipt_in(program.wait());
  CHECK(json["protected"] == 20);
  CHECK(json["matched"] == k_matching + 20);
}

TEST_CASE("invalidate faults: of lost removals only those that are gone stay uncertain") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_all(server);
  Relay relay(server.address(), Listen::unix_socket);
  for (std::size_t cut = 0; cut < 8000; cut += 400) {
    fill_all(server);
    relay.set(Direction::up, {.cut_after = cut});
    const auto accepted = relay.accepted();
    Program program(invalidate_with(relay.url(), k_words));
    while (relay.accepted() < accepted + 2 && program.running()) {
    }
    relay.set(Direction::up, {});
    const auto& result = program.wait();
    CAPTURE(result.describe());
    if (result.out.empty()) continue;
    const auto json = receipt_in(result);
    CHECK(json["uncertain"].get<int>() <= json["gone"].get<int>());
  }
}

TEST_CASE("invalidate faults: a signal finishes the batch, prints the receipt and says so") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  struct Case {
    int signal;
    int exit_code;
  };
  for (const auto& c : {Case{SIGINT, 130}, Case{SIGTERM, 143}}) {
    for (const bool saving : {false, true}) {
      CAPTURE(c.signal);
      CAPTURE(saving);
      const TempDir folder;
      fill_all(server);
      auto words = words_with({"--rate", "100"});
      if (saving) words.insert(words.end(), {"--backup", folder.file("backup")});
      Program program(invalidate_with(server.url(), words));
      wait_for_removals(server, program);
      program.signal(c.signal);
      const auto result = program.wait();
      CAPTURE(result.describe());
      CHECK(result.exit_code == c.exit_code);
      const auto json = receipt_in(result);
      CHECK(json["reason"] == "interrupted");
      CHECK(json["complete"] == false);
      CHECK(json["failed"] == 0);
      CHECK(json["removed"] == k_matching - left_of(server).size());
      CHECK_FALSE(left_of(server).empty());
      if (saving) {
        check_saved(server, folder.file("backup"));
        CHECK(read_backup(folder.file("backup"))->end->reason == "interrupted");
      }
      check_bystanders(server);
      check_converges(server);
    }
  }
}

TEST_CASE("invalidate faults: a second Ctrl-C ends it at once, even when the server is silent") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_all(server);
  // A deadline that is longer than the test's patience.
  Program program(invalidate_with(server.url(), words_with({"--rate", "100", "-t", "100"})));
  wait_for_removals(server, program);
  server.pause();
  // Again and again: two that come together count as one.
  wait_until("its end", [&] {
    program.signal(SIGINT);
    return !program.running();
  });
  const auto& result = program.wait();
  server.resume();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 130);
  check_bystanders(server);
  check_converges(server);
}

}  // namespace rcache::test
