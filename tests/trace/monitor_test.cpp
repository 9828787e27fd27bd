#include <doctest/doctest.h>

#include "trace/command_words.h"
#include "trace/samples.h"

namespace rcache::trace::test {

TEST_CASE("monitor: what each command is") {
  struct Case {
    const char* command;
    Lines events;
  };
  const Case cases[] = {
      {R"("GET" "a")", {"get a"}},
      {R"("gEt" "a")", {"get a"}},
      {R"("GET" "a\x00b")", {std::string("get a\0b", 7)}},
      {R"("MGET" "a" "b" "a")", {"get a", "get b", "get a"}},
      {R"("HGETALL" "h")", {"get h"}},
      {R"("HGET" "h" "field")", {"get h"}},
      {R"("ZRANGEBYSCORE" "z" "0" "1")", {"get z"}},
      {R"("EXISTS" "a" "b")", {"look a", "look b"}},
      {R"("PTTL" "a")", {"look a"}},
      {R"("SET" "a" "val")", {"set a ttl=never size=3"}},
      {R"("SET" "a" "val" "EX" "60")", {"set a ttl=60000 size=3"}},
      {R"("SET" "a" "val" "px" "250")", {"set a ttl=250 size=3"}},
      {R"("SET" "a" "val" "EXAT" "31")", {"set a ttl=30000 size=3"}},
      {R"("SET" "a" "val" "PXAT" "1500")", {"set a ttl=500 size=3"}},
      {R"("SET" "a" "val" "PXAT" "900")", {"del a"}},
      {R"("SET" "a" "val" "KEEPTTL")", {"set a size=3"}},
      {R"("SET" "a" "val" "XX" "GET" "EX" "1")", {"get a", "set a ttl=1000 size=3"}},
      {R"("SET" "lock:a" "t" "NX" "PX" "5000")", {"add lock:a ttl=5000 size=1"}},
      {R"("SET" "lock:a" "t" "PX" "5000" "nx")", {"add lock:a ttl=5000 size=1"}},
      {R"("SET" "a" "EX" "EX" "7")", {"set a ttl=7000 size=2"}},
      {R"("SET" "a" "val" "EX" "99999999999999999")", {"set a ttl=4294967293 size=3"}},
      {R"("SETEX" "a" "10" "val")", {"set a ttl=10000 size=3"}},
      {R"("PSETEX" "a" "10" "val")", {"set a ttl=10 size=3"}},
      {R"("SETNX" "a" "val")", {"add a ttl=never size=3"}},
      {R"("MSET" "a" "1" "b" "22")", {"set a ttl=never size=1", "set b ttl=never size=2"}},
      {R"("GETSET" "a" "val")", {"get a", "set a ttl=never size=3"}},
      {R"("GETEX" "a")", {"get a"}},
      {R"("GETEX" "a" "EX" "5")", {"get a", "expire a ttl=5000"}},
      {R"("GETEX" "a" "PERSIST")", {"get a", "persist a"}},
      {R"("GETDEL" "a")", {"get a", "del a"}},
      {R"("EXPIRE" "a" "60" "NX")", {"expire a ttl=60000"}},
      {R"("PEXPIRE" "a" "60")", {"expire a ttl=60"}},
      {R"("EXPIREAT" "a" "61")", {"expire a ttl=60000"}},
      {R"("PEXPIREAT" "a" "61")", {"del a"}},
      {R"("EXPIRE" "a" "-1")", {"del a"}},
      {R"("PEXPIREAT" "a" "-9223372036854775808")", {"del a"}},
      {R"("PERSIST" "a")", {"persist a"}},
      {R"("DEL" "a" "b")", {"del a", "del b"}},
      {R"("UNLINK" "a")", {"del a"}},
      {R"("FLUSHDB")", {"flush"}},
      {R"("FLUSHALL" "ASYNC")", {"flush db=all"}},
      {R"("HSET" "h" "f" "v")", {"set h"}},
      {R"("INCR" "n")", {"update n"}},
      {R"("RESTORE" "a" "0" "dump")", {"set a ttl=never size=4"}},
      {R"("RESTORE" "a" "70" "dump" "REPLACE")", {"set a ttl=70 size=4"}},
      {R"("RESTORE" "a" "1070" "dump" "ABSTTL")", {"set a ttl=70 size=4"}},
      {R"("PING")", {}},
      {R"x("AUTH" "(redacted)")x", {}},
      {R"("EVALSHA" "abc" "1" "a")", {}},
      {R"("SOMETHINGVERYLONGANDUNKNOWN" "a")", {}},
      {R"("GET")", {"malformed: a command without its key"}},
      {R"("SET" "a")", {"malformed: SET without a value"}},
      {R"("SET" "a" "v" "EX")", {"malformed: SET with no expiry time"}},
      {R"("SET" "a" "v" "EX" "soon")", {"malformed: SET with no expiry time"}},
      {R"("EXPIRE" "a")", {"malformed: no expiry time"}},
      {R"("GET" "a)", {"malformed: a word without its closing quote"}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.command);
    CHECK(of_command(c.command) == c.events);
  }
}

TEST_CASE("shape_of: names of every length in any case, and none that only begin alike") {
  CHECK(shape_of("get")->verb == Verb::get);
  CHECK(shape_of("DEL")->verb == Verb::del);
  CHECK(shape_of("Json.Set")->verb == Verb::set);
  CHECK(shape_of("ZREMRANGEBYSCORE")->verb == Verb::update);
  CHECK(shape_of("PEXPIREAT")->verb == Verb::expire);
  for (const char* name : {"", "g", "ge", "getx", "gett", "zremrangebyscoree",
                           "\x07"
                           "et",
                           "del\x01"})
    CHECK_FALSE(shape_of(name));
}

TEST_CASE("monitor: a trace with its sources, databases, scripts and what is no event") {
  const auto trace = read(
      "OK\n"
      "1.000000 [0 127.0.0.1:1] \"GET\" \"a\"\r\n"
      "1.000001 [2 127.0.0.1:2] \"GET\" \"a\"\n"
      "\n"
      "1.001000 [0 127.0.0.1:2] \"EVAL\" \"return redis.call('get', KEYS[1])\" \"1\" \"a\"\n"
      "1.002000 [0 lua] \"get\" \"a\"\n"
      "1.003000 [0 127.0.0.1:3] \"PING\"\n"
      "nonsense\n"
      "1.004000 [0 127.0.0.1:1] \"SET\" \"a\" \"\\x00\\\"\" \"EX\" \"9\"");
  CHECK(in_words(trace) == Lines{"1000 get a", "1000 get a from=1 db=2", "1002 get a from=1",
                                 "1004 set a ttl=9000 size=2"});
  CHECK(trace.keys.size() == 2);
  CHECK(trace.format == TraceFormat::monitor);
  CHECK(trace.tally.lines == 9);
  CHECK(trace.tally.events == 4);
  CHECK(trace.tally.other == 3);
  CHECK(trace.tally.malformed == 1);
  REQUIRE(trace.tally.first_malformed);
  CHECK(trace.tally.first_malformed->number == 8);
  CHECK(trace.tally.first_malformed->why == "no time (seconds.microseconds) at its begin");
}

TEST_CASE("monitor: lines of the wire, cut at every place into two pieces") {
  const std::string wire =
      "+OK\r\n+1.000000 [0 [::1]:9] \"MGET\" \"a\\x0a\" \"b\"\r\n"
      "+2.000000 [0 unix:/r s.sock] \"SETEX\" \"a\\x0a\" \"60\" \"xyz\"\r\n";
  const auto whole = in_words(read(wire));
  CHECK(whole == Lines{"1000 get a\n", "1000 get b", "2000 set a\n ttl=60000 size=3 from=1"});
  for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
    CAPTURE(cut);
    Intake intake;
    intake.keys = KeyTable(Names::kept);
    Recording recording;
    Feeder feeder(make_decoder(TraceFormat::monitor, intake, recording, 1));
    feeder.feed(std::string_view(wire).substr(0, cut));
    feeder.feed(std::string_view(wire).substr(cut));
    feeder.finish();
    Lines lines;
    for (const auto& event : intake.events) lines.push_back(in_words(event, intake.keys));
    CHECK(lines == whole);
    CHECK(intake.tally.malformed == 0);
  }
}

TEST_CASE("monitor: a line longer than 32 MiB is left out in bounded memory, the rest is read") {
  Intake intake;
  Recording recording;
  Feeder feeder(make_decoder(TraceFormat::monitor, intake, recording, 1));
  feeder.feed("1.0 [0 a:1] \"SET\" \"k\" \"");
  const std::string piece(std::size_t{4} << 20U, 'x');
  for (int i = 0; i < 10; ++i) feeder.feed(piece);
  feeder.feed("\"\n1.5 [0 a:1] \"GET\" \"k\"\n");
  feeder.finish();
  CHECK(intake.events.size() == 1);
  CHECK(intake.tally.lines == 2);
  CHECK(intake.tally.malformed == 1);
  CHECK(intake.tally.first_malformed->why == "longer than 32 MiB");
}

TEST_CASE("monitor: only keys that match, events that came late in their order") {
  auto options = named();
  options.match = *Glob::parse("a*");
  const auto trace =
      read("2.0 [0 a:1] \"MGET\" \"a1\" \"b1\"\n1.0 [0 a:1] \"GET\" \"a2\"\n", options);
  CHECK(in_words(trace) == Lines{"1000 get a2", "2000 get a1"});
  CHECK(trace.tally.filtered == 1);
  CHECK(trace.out_of_order == 1);
  CHECK(trace.duration_ns() == 1'000'000'000);
}

}  // namespace rcache::trace::test
