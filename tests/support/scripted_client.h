#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "redis/client.h"
#include "redis/deployment.h"
#include "redis/monitor.h"

namespace rcache::test {

/// One command that must come, and what is answered.
struct Exchange {
  redis::Args words;
  redis::Reply reply;
};

/// A server that knows its lines: it fails the test on any command that is not the next one in its
/// script, and on any that was never sent. So "a preview deletes nothing" is proved, not hoped.
class ScriptedClient : public redis::Client {
 public:
  explicit ScriptedClient(std::vector<Exchange> script);
  /// Fails the test when a part of the script was never sent.
  ~ScriptedClient() override;

  asio::awaitable<Result<std::vector<redis::Reply>>> pipeline(redis::Commands commands) override;

 private:
  std::deque<Exchange> script_;
};

/// Scripted servers as a deployment.
class ScriptedDeployment : public redis::Deployment {
 public:
  /// One standalone server.
  explicit ScriptedDeployment(std::vector<Exchange> script);
  /// Several nodes, as they are.
  ScriptedDeployment(redis::Mode mode, std::vector<redis::Node> nodes,
                     std::vector<redis::Gap> gaps = {});

  redis::Mode mode() const override { return mode_; }
  const std::vector<redis::Node>& nodes() const override { return nodes_; }
  const std::vector<redis::Gap>& gaps() const override { return gaps_; }
  asio::awaitable<Result<void>> refresh() override;
  /// The node's own client: what is sent is part of the same script.
  asio::awaitable<Result<std::shared_ptr<redis::Client>>> open_another(redis::Node node) override;
  /// There is none: what needs one is tested against real servers.
  asio::awaitable<Result<std::shared_ptr<redis::Monitor>>> open_monitor(redis::Node node) override;
  asio::awaitable<Result<redis::Reply>> send_to_owner(std::string key, redis::Args words) override;

 private:
  redis::Mode mode_ = redis::Mode::standalone;
  std::vector<redis::Node> nodes_;
  std::vector<redis::Gap> gaps_;
};

}  // namespace rcache::test
