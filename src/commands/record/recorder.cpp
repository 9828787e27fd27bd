#include "commands/record/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "commands/record/health.h"
#include "commands/record/recording_file.h"
#include "commands/record/sink.h"
#include "core/units.h"
#include "redis/asio.h"
#include "redis/monitor.h"
#include "trace/monitor.h"

namespace rcache::record {
namespace {

/// Between two looks at the clock, at how a server copes, and at what to write.
constexpr std::chrono::milliseconds k_tick{100};
constexpr std::chrono::milliseconds k_health_tick{500};

/// One server under way.
struct Tap {
  redis::Node node;
  std::shared_ptr<redis::Monitor> monitor;
  std::shared_ptr<redis::Client> beside;  ///< for looks at its health; null at the end
  NodeReport report;
  std::int64_t newest_line_ms = 0;
};

struct Recorder {
  Recorder(Context& of, Options with, std::unique_ptr<RecordingFile> to)
      : context(of), options(std::move(with)), file(std::move(to)) {}

  Context& context;
  Options options;
  std::unique_ptr<RecordingFile> file;
  trace::Intake intake;
  trace::RecordHeader header;
  std::unique_ptr<Sink> sink;
  std::vector<std::unique_ptr<Tap>> taps;
  RecordReport report;
  bool stopping = false;

  /// The first reason counts.
  void stop(Reason reason, std::string detail = {}) {
    if (stopping) return;
    stopping = true;
    report.reason = reason;
    report.detail = std::move(detail);
    for (const auto& tap : taps) {
      tap->monitor->close();
      tap->beside = nullptr;  // ends what is being waited for
    }
  }

  void flush(Sink::Amount amount) {
    const auto room = sink->flush(amount);
    if (!room) stop(Reason::disk, room.error().message);
    if (room && *room == Room::none) stop(Reason::bytes);
  }
};

asio::awaitable<void> drain(Recorder& recorder, Tap& tap) {
  trace::Feeder feeder(trace::monitor_decoder(recorder.intake));
  auto& intake = recorder.intake;
  while (!recorder.stopping) {
    const auto piece = co_await tap.monitor->read();
    if (recorder.stopping) break;
    if (!piece) {
      tap.report.error = piece.error().message;
      recorder.stop(Reason::connection_lost, piece.error().message);
      break;
    }
    const auto lines = intake.tally.lines;
    feeder.feed(*piece);
    tap.report.bytes += piece->size();
    if (intake.tally.lines > lines) {
      tap.report.lines += intake.tally.lines - lines;
      tap.newest_line_ms = intake.last_time_ns / 1'000'000;
    }
    recorder.flush(Sink::Amount::when_enough);
  }
}

/// Looks after a server on its second connection. A server that does not answer is not lost: its
/// lines may come all the same.
asio::awaitable<void> watch_health(Recorder& recorder, Tap& tap) {
  Health health;
  while (!recorder.stopping && tap.beside) {
    const auto client = tap.beside.get();
    auto replies = co_await client->pipeline(Health::commands(tap.monitor->client_id()));
    if (recorder.stopping || !replies) break;
    if (auto why = health.look(*replies, tap.newest_line_ms, tap.report))
      recorder.stop(Reason::cannot_keep_up, std::move(*why));
    auto until = std::chrono::milliseconds(0);
    for (; until < k_health_tick && !recorder.stopping; until += k_tick) {
      if (!co_await recorder.context.clock.sleep(k_tick)) co_return;
    }
  }
}

std::string progress_line(const Recorder& recorder, std::chrono::milliseconds left) {
  const auto& tally = recorder.intake.tally;
  return fmt::format("recorded {} events, {}, {} left",
                     format_count(static_cast<std::int64_t>(tally.events)),
                     format_bytes(static_cast<std::int64_t>(recorder.file->bytes())),
                     format_duration(std::chrono::ceil<std::chrono::seconds>(left)));
}

asio::awaitable<void> watch_clock(Recorder& recorder) {
  auto& clock = recorder.context.clock;
  const auto begin = clock.now();
  while (!recorder.stopping) {
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - begin);
    const auto left = recorder.options.duration - passed;
    if (left.count() <= 0) {
      recorder.stop(Reason::time);
      break;
    }
    recorder.context.output.progress(progress_line(recorder, left));
    if (!co_await clock.sleep(std::min(left, k_tick))) {
      recorder.stop(Reason::interrupted);
      break;
    }
    // What is little goes to the file as well, so that it is there when the machine is not.
    if (recorder.intake.events.size() > 0) recorder.flush(Sink::Amount::all);
  }
}

/// Opens a MONITOR on every server before the first is read.
asio::awaitable<Result<void>> tap_all(Recorder& recorder, redis::Deployment& servers) {
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
    recorder.taps.push_back(std::move(tap));
  }
  for (const auto& gap : servers.gaps())
    recorder.report.gaps.push_back(fmt::format("{}: {}", gap.what, gap.why));
  co_return Result<void>();
}

Result<void> begin(Recorder& recorder) {
  auto& options = recorder.options;
  if (options.plain_keys) {
    recorder.intake.keys = trace::KeyTable(trace::Names::kept);
  } else {
    const auto secret = random_secret();
    if (!secret) return fail(secret.error());
    recorder.intake.keys = trace::KeyTable(*secret);
  }
  if (options.match) {
    auto match = Glob::parse(recorder.context.key_prefix.on_pattern(options.match->text()));
    if (!match) return fail(std::move(match).error());
    recorder.intake.match = std::move(*match);
  }
  auto& header = recorder.header;
  header.plain_keys = options.plain_keys;
  header.begin_us = recorder.context.clock.unix_milliseconds() * 1000;
  header.tool = "rcache";
  for (const auto& tap : recorder.taps)
    header.servers += (header.servers.empty() ? "" : " ") + tap->report.address;
  // Where names are hashed, a pattern is not written out either.
  if (options.plain_keys && options.match) header.pattern = options.match->text();
  if (auto written = recorder.file->append(header_block(header)); !written) return written;
  recorder.file->keep();
  recorder.sink = std::make_unique<Sink>(recorder.intake, *recorder.file, header,
                                         static_cast<std::uint64_t>(options.max_bytes));
  return {};
}

/// What is left to write when nobody reads any more.
void finish(Recorder& recorder) {
  auto& report = recorder.report;
  if (report.reason != Reason::disk) {
    const auto rest = recorder.sink->flush(Sink::Amount::all);
    if (!rest) {
      report.reason = Reason::disk;
      report.detail = rest.error().message;
    }
  }
  const auto& tally = recorder.intake.tally;
  trace::RecordEnd end;
  end.reason = to_string(report.reason);
  end.lines = tally.lines;
  end.other = tally.other;
  end.malformed = tally.malformed;
  end.end_us = recorder.context.clock.unix_milliseconds() * 1000;
  auto ended = recorder.file->append(end_block(end));
  if (ended) ended = recorder.file->sync();
  if (!ended && report.reason != Reason::disk) {
    report.reason = Reason::disk;
    report.detail = ended.error().message;
  }
  report.file = recorder.options.file;
  report.plain_keys = recorder.options.plain_keys;
  report.lines = tally.lines;
  report.events = recorder.sink->events();
  report.other = tally.other + recorder.sink->left_out();
  report.filtered = tally.filtered;
  report.malformed = tally.malformed;
  report.file_bytes = recorder.file->bytes();
  report.verbs = recorder.sink->verbs();
  for (const auto& tap : recorder.taps) report.nodes.push_back(tap->report);
}

/// gather() wants tasks with a result.
asio::awaitable<bool> ended(asio::awaitable<void> task) {
  co_await std::move(task);
  co_return true;
}

}  // namespace

asio::awaitable<Result<RecordReport>> record(Context& context, Options options) {
  // Before the server is asked for anything: a file that is there already is a short story.
  auto file = RecordingFile::create(options.file);
  if (!file) co_return fail(std::move(file).error());
  auto servers = co_await context.connect();
  if (!servers) co_return fail(std::move(servers).error());
  Recorder recorder(context, std::move(options), std::move(*file));
  const Interrupt::Grace grace(context.interrupt);
  if (auto tapped = co_await tap_all(recorder, **servers); !tapped)
    co_return fail(std::move(tapped).error());
  if (auto begun = begin(recorder); !begun) co_return fail(std::move(begun).error());
  const auto start = context.clock.now();
  std::vector<asio::awaitable<bool>> tasks;
  for (const auto& tap : recorder.taps) {
    tasks.push_back(ended(drain(recorder, *tap)));
    tasks.push_back(ended(watch_health(recorder, *tap)));
  }
  tasks.push_back(ended(watch_clock(recorder)));
  co_await redis::gather(std::move(tasks));
  context.output.progress({});
  recorder.report.elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(context.clock.now() - start);
  finish(recorder);
  co_return std::move(recorder.report);
}

}  // namespace rcache::record
