#include "support/sentinel.h"

#include "support/deadline.h"
#include "support/failure.h"

namespace rcache::test {
namespace {

/// One field of the flat list that SENTINEL MASTER answers.
std::string field(const Value& list, const std::string& name) {
  for (std::size_t i = 0; i + 1 < list.items.size(); i += 2) {
    if (list[i].text == name) return list[i + 1].text;
  }
  return {};
}

}  // namespace

SentinelGroup::SentinelGroup(std::size_t sentinels, const std::vector<std::string>& arguments,
                             const std::string& sentinel_lines, const std::string& binary) {
  ServerOptions options;
  options.binary = binary;
  options.listen = Listen::tcp;
  options.arguments = {"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  servers_.push_back(std::make_unique<Server>(options));
  const std::string port = std::to_string(server(0).port());
  options.arguments.insert(options.arguments.end(), {"--replicaof", "127.0.0.1 " + port});
  servers_.push_back(std::make_unique<Server>(options));
  wait_until("the replica is connected",
             [this] { return server(1).info("master_link_status") == "up"; });

  ServerOptions watcher;
  watcher.binary = binary;
  watcher.listen = Listen::tcp;
  watcher.sentinel_configuration = "sentinel monitor mymaster 127.0.0.1 " + port + " " +
                                   std::to_string(sentinels / 2 + 1) +
                                   "\nsentinel down-after-milliseconds mymaster 1000\n"
                                   "sentinel failover-timeout mymaster 3000\n" +
                                   sentinel_lines + "\n";
  for (std::size_t i = 0; i < sentinels; ++i) {
    sentinels_.push_back(std::make_unique<Server>(watcher));
    // Ten seconds between two looks become a fifth of a second, where it can be set (since 7.0).
    sentinel(i).try_command(
        {"SENTINEL", "DEBUG", "INFO-PERIOD", "200", "PUBLISH-PERIOD", "200", "ASK-PERIOD", "200"});
  }
  wait_until("the Sentinels know each other and the replica", [this] {
    for (const auto& one : sentinels_) {
      const Value about = ask(*one, "MASTER");
      const Value replicas = ask(*one, "REPLICAS");
      if (field(about, "num-other-sentinels") != std::to_string(sentinels_.size() - 1) ||
          replicas.items.size() != 1 || field(replicas[0], "master-link-status") != "ok") {
        return false;
      }
    }
    return true;
  });
}

Value SentinelGroup::ask(Server& sentinel, const std::string& about) {
  return sentinel.command({"SENTINEL", about, "mymaster"});
}

std::string SentinelGroup::named_by(Server& sentinel) {
  return ask(sentinel, "GET-MASTER-ADDR-BY-NAME")[1].text;
}

Server& SentinelGroup::primary() {
  for (const auto& sentinel : sentinels_) {
    if (!sentinel->running()) continue;
    const std::string port = named_by(*sentinel);
    return port == std::to_string(server(0).port()) ? server(0) : server(1);
  }
  throw Failure("no Sentinel is running");
}

std::string SentinelGroup::url() const {
  std::string hosts;
  for (const auto& sentinel : sentinels_) hosts += (hosts.empty() ? "" : ",") + sentinel->address();
  return "redis-sentinel://" + hosts + "/mymaster";
}

void SentinelGroup::failover() {
  Server& old = primary();
  // Refused while the Sentinel does not yet hold the replica for good enough.
  wait_until("a failover is accepted", [this] {
    return !sentinel(0).try_command({"SENTINEL", "FAILOVER", "mymaster"}).is_error();
  });
  wait_for_failover(old);
  wait_until("the old primary is a replica", [&old] {
    return old.info("role") == "slave" && old.info("master_link_status") == "up";
  });
  wait_until("the failover is over", [this] {
    return field(ask(sentinel(0), "MASTER"), "flags").find("failover") == std::string::npos;
  });
}

Server& SentinelGroup::kill_primary() {
  Server& old = primary();
  old.kill();
  return old;
}

void SentinelGroup::wait_for_failover(const Server& old) {
  wait_until("all Sentinels name a new primary", [this, &old] {
    for (const auto& one : sentinels_) {
      if (one->running() && named_by(*one) == std::to_string(old.port())) return false;
    }
    return primary().info("role") == "master";
  });
}

}  // namespace rcache::test
