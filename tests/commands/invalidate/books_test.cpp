#include <doctest/doctest.h>

#include "commands/invalidate/answers.h"
#include "commands/invalidate/expiry.h"
#include "commands/invalidate/ledger.h"

namespace rcache::invalidate {

TEST_CASE("answers: what an error reply asks of us, in the words of all versions") {
  struct Case {
    const char* reply;
    Answer answer;
  };
  // Words as Redis 6.0, 7.0 and 8.0 and Valkey 8 write them.
  const Case cases[] = {
      {"NOPERM this user has no permissions to run the 'unlink' command", Answer::other_command},
      {"NOPERM this user has no permissions to run the 'unlink' command or its subcommand",
       Answer::other_command},
      {"NOPERM User bob has no permissions to run the 'unlink' command", Answer::other_command},
      {"NOPERM this user has no permissions to access one of the keys used as arguments",
       Answer::not_this_key},
      {"NOPERM No permissions to access a key", Answer::not_this_key},
      {"ERR unknown command `UNLINK`, with args beginning with: `a`", Answer::other_command},
      {"ASK 3999 127.0.0.1:6381", Answer::redirected},
      {"TRYAGAIN Multiple keys request during rehashing of slot", Answer::redirected},
      {"MOVED 3999 127.0.0.1:6381", Answer::later},
      {"CLUSTERDOWN The cluster is down", Answer::later},
      {"LOADING Redis is loading the dataset in memory", Answer::later},
      {"READONLY You can't write against a read only replica.", Answer::later},
      {"MISCONF Redis is configured to save RDB snapshots", Answer::later},
      {"NOREPLICAS Not enough good replicas to write.", Answer::later},
      {"CROSSSLOT Keys in request don't hash to the same slot", Answer::failed},
      {"ERR syntax error", Answer::failed},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.reply));
    CHECK(answer_to(redis::ServerError(c.reply)) == c.answer);
  }
}

TEST_CASE("ledger: a key that failed and went in a later pass has not failed") {
  const redis::Address node{.host = "10.0.0.1", .port = 7000, .socket_path = {}};
  Ledger ledger{KeyPrefix()};
  ledger.failed(node, "a", "it was changed each time");
  ledger.failed(node, "b", "it was changed each time");
  ledger.failed(node, "b", "it was changed each time");
  CHECK(ledger.receipt().failed == 2);
  {
    const Ledger::SecondLook second(ledger);
    ledger.settled(node, {"a", "c"}, 2);
  }
  auto receipt = ledger.finished();
  CHECK(receipt.failed == 1);
  CHECK(receipt.removed == 2);
  CHECK(receipt.matched == 3);
  REQUIRE(receipt.failures.size() == 1);
  CHECK(receipt.failures.front().key == "b");
  CHECK(receipt.nodes.front().error == "it was changed each time");
  {
    const Ledger::SecondLook second(ledger);
    ledger.settled(node, {"b"}, 0);  // somebody else has removed it
  }
  receipt = ledger.finished();
  CHECK(receipt.failed == 0);
  CHECK(receipt.gone == 1);
  CHECK(receipt.matched == 3);
  CHECK(receipt.failures.empty());
  CHECK_FALSE(receipt.nodes.front().error);
  std::uint64_t in_groups = 0;
  for (const auto& group : receipt.groups) in_groups += group.keys;
  CHECK(in_groups == receipt.matched);
}

TEST_CASE("ledger: every key is entered once, and the sums hold") {
  const redis::Address one{.host = "10.0.0.1", .port = 7000, .socket_path = {}};
  const redis::Address two{.host = "10.0.0.2", .port = 7000, .socket_path = {}};
  Ledger ledger{KeyPrefix("app:")};
  ledger.settled(one, {"app:user:a", "app:user:b", "app:user:c"}, 2);
  ledger.expiring(two, {"app:list:x"});
  ledger.kept(two, "app:keep");
  ledger.kept(two, "app:keep");  // a second pass sees it again
  ledger.failed(two, "app:user:d", "NOPERM");
  ledger.node_scanned(one, 100);
  const auto receipt = ledger.finished();
  CHECK(receipt.matched == 6);
  CHECK(receipt.removed + receipt.expiring + receipt.gone + receipt.failed +
            receipt.protected_keys ==
        receipt.matched);
  CHECK(receipt.removed == 2);
  CHECK(receipt.gone == 1);
  CHECK(receipt.scanned == 100);
  REQUIRE(receipt.failures.size() == 1);
  CHECK(receipt.failures.front().key == "user:d");
  REQUIRE(receipt.groups.size() == 5);
  CHECK(receipt.groups.front().pattern == "list:x");
  REQUIRE(receipt.nodes.size() == 2);
  CHECK(receipt.nodes[0].address == "10.0.0.1:7000");
  CHECK(receipt.nodes[0].matched == 3);
  CHECK(receipt.nodes[0].removed == 2);
  CHECK(receipt.nodes[1].error == "NOPERM");
}

TEST_CASE("ledger: a second look enters only what was there once more") {
  const redis::Address node{.host = "10.0.0.1", .port = 7000, .socket_path = {}};
  Ledger ledger{KeyPrefix()};
  ledger.settled(node, {"a", "b"}, 2);
  {
    const Ledger::SecondLook second_look(ledger);
    ledger.settled(node, {"a", "b"}, 1);
  }
  CHECK(ledger.receipt().removed == 3);
  CHECK(ledger.receipt().gone == 0);
  CHECK(ledger.receipt().matched == 3);
}

TEST_CASE("ttl_for: a spread key's time is its own, within the window, and the same at each try") {
  Options options;
  options.spread = std::chrono::milliseconds(1000);
  std::int64_t least = 2000;
  std::int64_t most = 0;
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const auto key = "key:" + std::to_string(i);
    const auto ttl = ttl_for(options, 7, key).count();
    CHECK(ttl == ttl_for(options, 7, key).count());
    least = std::min(least, ttl);
    most = std::max(most, ttl);
    sum += static_cast<double>(ttl);
  }
  CHECK(least >= 1);
  CHECK(least <= 5);
  CHECK(most <= 1000);
  CHECK(most >= 995);
  // 10,000 draws from 1..1000: the mean is 500.5 with a standard error of 2.9.
  CHECK(sum / 10000 == doctest::Approx(500.5).epsilon(0.03));
  CHECK(ttl_for(options, 8, "key:1") != ttl_for(options, 7, "key:1"));
}

TEST_CASE("ttl_for: --expire-in is the same for all") {
  Options options;
  options.expire_in = std::chrono::seconds(5);
  CHECK(ttl_for(options, 1, "a").count() == 5000);
  CHECK(ttl_for(options, 2, "b").count() == 5000);
}

}  // namespace rcache::invalidate
