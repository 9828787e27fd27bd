#include "commands/restore/answer.h"

#include <doctest/doctest.h>

namespace rcache::restore {
namespace {

using redis::Reply;
using redis::ServerError;
using redis::Status;

}  // namespace

TEST_CASE("answer: the first word of a reply decides") {
  const std::pair<Reply, Answer> cases[] = {
      {Reply{Status("OK")}, Answer::done},
      {Reply{std::int64_t{0}}, Answer::done},
      {Reply{ServerError("BUSYKEY Target key name already exists.")}, Answer::existing},
      {Reply{ServerError("MOVED 866 127.0.0.1:7001")}, Answer::elsewhere},
      {Reply{ServerError("ASK 866 127.0.0.1:7001")}, Answer::elsewhere},
      {Reply{ServerError("TRYAGAIN Multiple keys request during rehashing of slot")},
       Answer::elsewhere},
      {Reply{ServerError("CLUSTERDOWN The cluster is down")}, Answer::elsewhere},
      {Reply{ServerError("LOADING Redis is loading the dataset in memory")}, Answer::elsewhere},
      {Reply{ServerError("OOM command not allowed when used memory > 'maxmemory'.")},
       Answer::no_memory},
      {Reply{ServerError("READONLY You can't write against a read only replica.")},
       Answer::no_writes},
      {Reply{ServerError("MISCONF Redis is configured to save RDB snapshots")}, Answer::no_writes},
      {Reply{ServerError("NOREPLICAS Not enough good replicas to write.")}, Answer::no_writes},
      {Reply{ServerError("BUSY Redis is busy running a script.")}, Answer::no_writes},
      {Reply{ServerError("ERR Bad data format")}, Answer::failed},
      {Reply{ServerError("NOPERM No permissions to access a key")}, Answer::failed},
      {Reply{ServerError("BUSYGROUP")}, Answer::failed},
      {Reply{redis::Nil{}}, Answer::failed},
      {Reply{std::string("OK")}, Answer::failed},
  };
  for (const auto& [reply, answer] : cases) {
    CAPTURE(words_of(reply));
    CHECK(answer_of(reply) == answer);
  }
}

TEST_CASE("answer: a payload that a later version made has no word of its own") {
  CHECK(unreadable_payload(Reply{ServerError("ERR DUMP payload version or checksum are wrong")}));
  CHECK_FALSE(unreadable_payload(Reply{ServerError("ERR Bad data format")}));
  CHECK_FALSE(unreadable_payload(Reply{Status("OK")}));
}

TEST_CASE("answer: a server that takes no writes is named, with the cause") {
  CHECK(refused_writes("h:1", Reply{ServerError("READONLY You can't write")}) ==
        "h:1 is a replica: it takes no writes");
  CHECK(refused_writes("h:1", Reply{ServerError("OOM command not allowed")}) ==
        "h:1 has no memory left: OOM command not allowed");
  CHECK(refused_writes("h:1", Reply{ServerError("MISCONF \x1b[31mdisk")}) ==
        "h:1 takes no writes: MISCONF \\x1b[31mdisk");
}

}  // namespace rcache::restore
