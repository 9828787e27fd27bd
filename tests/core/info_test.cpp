#include "core/info.h"

#include <doctest/doctest.h>

namespace rcache {
namespace {

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

TEST_CASE("Info: a field is found by its whole name only") {
  const Info info("# Memory\r\nused_memory_rss:9\r\nused_memory:7\r\n");
  CHECK(info.integer("used_memory") == 7);
  CHECK(info.integer("used_memory_rss") == 9);
  CHECK_FALSE(info.integer("used"));
  CHECK_FALSE(info.text("# Memory"));
}

TEST_CASE("Info: what is missing or no number is empty") {
  const Info info("a:\r\nb:12x\r\nc:9223372036854775808\r\nd:nan\r\ne:-3\r\nf:1.5\r\ng:inf\r\n");
  CHECK(info.text("a") == "");
  CHECK_FALSE(info.integer("a"));
  CHECK_FALSE(info.integer("b"));
  CHECK_FALSE(info.integer("c"));
  CHECK_FALSE(info.real("d"));
  CHECK(info.integer("e") == -3);
  CHECK(info.real("f") == 1.5);
  CHECK_FALSE(info.integer("f"));
  CHECK_FALSE(info.real("g"));
  CHECK_FALSE(info.text("nothing"));
}

TEST_CASE("Info: odd lines are skipped, and what follows them is read") {
  const Info info("no colon\r\n\r\n#x:1\r\n:nameless\r\nplain:1\nlast:a:b");
  CHECK(info.integer("plain") == 1);
  CHECK(info.text("last") == "a:b");
  CHECK_FALSE(info.text("#x"));
  CHECK(Info("").empty());
  CHECK(Info("# Server\r\n").empty());
}

TEST_CASE("Info: with_prefix gives the rest of the names, sorted") {
  const Info info(
      "cmdstat_set:calls=1\r\ncmdstat_client|setname:calls=2\r\ncmd:x\r\ncmdstat_get:\r\n");
  CHECK(info.with_prefix("cmdstat_") ==
        Fields{{"client|setname", "calls=2"}, {"get", ""}, {"set", "calls=1"}});
  CHECK(info.with_prefix("zzz").empty());
}

TEST_CASE("parse_info_pairs: the parts of a value, the first of equals") {
  const auto pairs = parse_info_pairs("keys=3,expires=1,avg_ttl=0,keys=9,odd,=x,");
  CHECK(pairs.at("keys") == "3");
  CHECK(pairs.at("expires") == "1");
  CHECK(pairs.at("avg_ttl") == "0");
  CHECK(pairs.at("odd") == "");
  CHECK(pairs.size() == 4);
  CHECK(parse_info_pairs("").empty());
}

}  // namespace
}  // namespace rcache
