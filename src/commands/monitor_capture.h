#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/captured.h"
#include "commands/command.h"
#include "redis/asio.h"
#include "redis/deployment.h"
#include "trace/intake.h"

namespace rcache {

/// What is done with the events beside listening.
struct CaptureHooks {
  std::function<void()> came;  ///< more was read; may stop the capture
  std::function<void()> tick;  ///< ten times a second
  std::function<std::string(std::chrono::milliseconds left)> progress;
};

/// Says to a person at the terminal what listening costs the server, before it begins.
void warn_of_monitor(const Context& context, std::chrono::milliseconds duration);

/// Listens to MONITOR on every server of a deployment at once, for a time, and reads faster than
/// they send or ends.
class MonitorCapture {
 public:
  /// In:      `intake` takes the events; both outlive this.
  MonitorCapture(Context& context, trace::Intake& intake);
  ~MonitorCapture();
  MonitorCapture(const MonitorCapture&) = delete;
  MonitorCapture& operator=(const MonitorCapture&) = delete;

  /// Opens a MONITOR on every server before the first is read.
  ///
  /// Errors:  connect, when a server refuses MONITOR.
  /// Cost:    see redis/monitor.h, and a second connection to each.
  asio::awaitable<Result<void>> open(redis::Deployment& servers);

  /// "10.0.0.1:6379 10.0.0.2:6379"
  std::string addresses() const;

  /// Listens until the time is over, something stops it, or Ctrl-C.
  ///
  /// Cost:    twice a second TIME and CLIENT LIST ID on the second connections.
  asio::awaitable<Captured> run(std::chrono::milliseconds duration, CaptureHooks hooks);

  /// Ends run(); the first reason counts.
  void stop(CaptureEnd why, std::string detail = {});

 private:
  struct Tap;
  asio::awaitable<bool> drain(Tap& tap);
  asio::awaitable<bool> watch_health(Tap& tap);
  asio::awaitable<bool> watch_clock(std::chrono::milliseconds duration);

  Context& context_;
  trace::Intake& intake_;
  CaptureHooks hooks_;
  std::vector<std::unique_ptr<Tap>> taps_;
  Captured captured_;
  bool stopping_ = false;
};

}  // namespace rcache
