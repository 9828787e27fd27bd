#include "commands/monitor_capture.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/monitor_health.h"
#include "core/units.h"
#include "redis/monitor.h"
#include "trace/monitor.h"

namespace rcache {
namespace {

/// Between two looks at the clock, at how a server copes, and at what to do with the events.
constexpr std::chrono::milliseconds k_tick{100};
constexpr std::chrono::milliseconds k_health_tick{500};

}  // namespace

/// One server under way.
struct MonitorCapture::Tap {
  redis::Node node;
  std::shared_ptr<redis::Monitor> monitor;
  std::shared_ptr<redis::Client> beside;  ///< for looks at its health; null at the end
  CapturedNode report;
  std::int64_t newest_line_ms = 0;
};

void warn_of_monitor(const Context& context, std::chrono::milliseconds duration) {
  if (context.prompt == nullptr || !context.prompt->can_ask()) return;
  context.output.note(fmt::format(
      "rcache: MONITOR slows the server down while it lasts (12% of single reads, half or more of "
      "pipelined commands): at most {}, Ctrl-C ends it",
      format_duration(duration)));
}

MonitorCapture::MonitorCapture(Context& context, trace::Intake& intake)
    : context_(context), intake_(intake) {}

MonitorCapture::~MonitorCapture() = default;

void MonitorCapture::stop(CaptureEnd why, std::string detail) {
  if (stopping_) return;
  stopping_ = true;
  captured_.end = why;
  captured_.detail = std::move(detail);
  for (const auto& tap : taps_) {
    tap->monitor->close();
    tap->beside = nullptr;  // ends what is being waited for
  }
}

asio::awaitable<Result<void>> MonitorCapture::open(redis::Deployment& servers) {
  for (const auto& node : std::vector<redis::Node>(servers.nodes())) {
    auto tap = std::make_unique<Tap>();
    tap->node = node;
    tap->report.address = to_string(node.address);
    auto beside = co_await servers.open_another(node);
    if (!beside) co_return fail(std::move(beside).error());
    tap->beside = std::move(*beside);
    auto monitor = co_await servers.open_monitor(node);
    if (!monitor) co_return fail(std::move(monitor).error());
    tap->monitor = std::move(*monitor);
    taps_.push_back(std::move(tap));
  }
  for (const auto& gap : servers.gaps())
    captured_.gaps.push_back(fmt::format("{}: {}", gap.what, gap.why));
  co_return Result<void>();
}

std::string MonitorCapture::addresses() const {
  std::string out;
  for (const auto& tap : taps_) out += (out.empty() ? "" : " ") + tap->report.address;
  return out;
}

asio::awaitable<bool> MonitorCapture::drain(Tap& tap) {
  trace::Feeder feeder(trace::monitor_decoder(intake_));
  while (!stopping_) {
    const auto piece = co_await tap.monitor->read();
    if (stopping_) break;
    if (!piece) {
      tap.report.error = piece.error().message;
      stop(CaptureEnd::connection_lost, piece.error().message);
      break;
    }
    const auto lines = intake_.tally.lines;
    feeder.feed(*piece);
    tap.report.bytes += piece->size();
    if (intake_.tally.lines > lines) {
      tap.report.lines += intake_.tally.lines - lines;
      tap.newest_line_ms = intake_.last_time_ns / 1'000'000;
    }
    hooks_.came();
  }
  co_return true;
}

/// Looks after a server on its second connection. A server that does not answer is not lost: its
/// lines may come all the same.
asio::awaitable<bool> MonitorCapture::watch_health(Tap& tap) {
  MonitorHealth health;
  while (!stopping_ && tap.beside) {
    const auto client = tap.beside.get();  // not held: stop() ends the question by letting it go
    auto replies = co_await client->pipeline(MonitorHealth::commands(tap.monitor->client_id()));
    if (stopping_ || !replies) break;
    if (auto why = health.look(*replies, tap.newest_line_ms, tap.report))
      stop(CaptureEnd::cannot_keep_up, std::move(*why));
    auto until = std::chrono::milliseconds(0);
    for (; until < k_health_tick && !stopping_; until += k_tick) {
      if (!co_await context_.clock.sleep(k_tick)) co_return true;
    }
  }
  co_return true;
}

asio::awaitable<bool> MonitorCapture::watch_clock(std::chrono::milliseconds duration) {
  auto& clock = context_.clock;
  const auto begin = clock.now();
  while (!stopping_) {
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - begin);
    const auto left = duration - passed;
    if (left.count() <= 0) {
      stop(CaptureEnd::time);
      break;
    }
    context_.output.progress(hooks_.progress(left));
    if (!co_await clock.sleep(std::min(left, k_tick))) {
      stop(CaptureEnd::interrupted);
      break;
    }
    hooks_.tick();
  }
  co_return true;
}

asio::awaitable<Captured> MonitorCapture::run(std::chrono::milliseconds duration,
                                              CaptureHooks hooks) {
  hooks_ = std::move(hooks);
  const auto start = context_.clock.now();
  std::vector<asio::awaitable<bool>> tasks;
  for (const auto& tap : taps_) {
    tasks.push_back(drain(*tap));
    tasks.push_back(watch_health(*tap));
  }
  tasks.push_back(watch_clock(duration));
  co_await redis::gather(std::move(tasks));
  context_.output.progress({});
  captured_.elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(context_.clock.now() - start);
  for (const auto& tap : taps_) captured_.nodes.push_back(tap->report);
  co_return std::move(captured_);
}

}  // namespace rcache
