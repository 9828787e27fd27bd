#include "redis/identity.h"

#include <doctest/doctest.h>

namespace rcache::redis {
namespace {

TEST_CASE("identity: flavor, version and mode in the words of each server") {
  struct Case {
    const char* name;
    const char* info;
    const char* flavor;
    const char* version;
    const char* mode;
    const char* role;
  };
  const Case cases[] = {
      {"redis", "redis_version:7.0.15\r\nredis_mode:standalone\r\nrole:master\r\n", "redis",
       "7.0.15", "standalone", "master"},
      {"valkey stands in for a redis",
       "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\nserver_mode:"
       "cluster\r\n"
       "role:slave\r\n",
       "valkey", "8.1.1", "cluster", "slave"},
      {"redict names its own mode",
       "redis_version:7.2.4\r\nredict_version:7.3.2\r\nredict_mode:standalone\r\nrole:master\r\n",
       "redict", "7.3.2", "standalone", "master"},
      {"mode from cluster_enabled", "redis_version:7.0.0\r\ncluster_enabled:1\r\nrole:master\r\n",
       "redis", "7.0.0", "cluster", "master"},
      {"no cluster", "redis_version:7.0.0\r\ncluster_enabled:0\r\n", "redis", "7.0.0", "standalone",
       ""},
      {"a sentinel has no role field", "redis_version:7.0.15\r\nredis_mode:sentinel\r\n", "redis",
       "7.0.15", "sentinel", "sentinel"},
      {"a server that says nothing", "x:1\r\n", "redis", "", "", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.name));
    const auto identity = parse_identity(Info(c.info));
    CHECK(identity.flavor == c.flavor);
    CHECK(identity.version == c.version);
    CHECK(identity.mode == c.mode);
    CHECK(identity.role == c.role);
  }
}

TEST_CASE("identity: process and lineage; zeros are no lineage that two servers could share") {
  const auto identity =
      parse_identity(Info("run_id:abc\r\nuptime_in_seconds:12\r\nmaster_replid:9cd5\r\n"
                          "master_replid2:0000000000000000000000000000000000000000\r\n"));
  CHECK(identity.run_id == "abc");
  CHECK(identity.uptime_seconds == 12);
  CHECK(identity.replication_id == "9cd5");
  CHECK(identity.replication_id2 == "");
  CHECK(parse_identity(Info("master_replid2:00a0\r\n")).replication_id2 == "00a0");
}

}  // namespace
}  // namespace rcache::redis
