#include "commands/record/recorder.h"

#include <fmt/format.h>

#include "commands/monitor_capture.h"
#include "commands/record/recording_file.h"
#include "commands/record/sink.h"
#include "core/units.h"
#include "redis/asio.h"

namespace rcache::record {
namespace {

struct Recorder {
  Recorder(Context& of, Options with, std::unique_ptr<RecordingFile> to)
      : context(of), options(std::move(with)), file(std::move(to)), capture(of, intake) {}

  Context& context;
  Options options;
  std::unique_ptr<RecordingFile> file;
  trace::Intake intake;
  MonitorCapture capture;
  trace::RecordHeader header;
  std::unique_ptr<Sink> sink;

  void flush(Sink::Amount amount) {
    const auto room = sink->flush(amount);
    if (!room) capture.stop(CaptureEnd::failed, room.error().message);
    if (room && *room == Room::none) capture.stop(CaptureEnd::full);
  }
};

std::string progress_line(const Recorder& recorder, std::chrono::milliseconds left) {
  const auto& tally = recorder.intake.tally;
  return fmt::format("recorded {} events, {}, {} left", format_count(tally.events),
                     format_bytes(static_cast<std::int64_t>(recorder.file->bytes())),
                     format_duration(std::chrono::ceil<std::chrono::seconds>(left)));
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
  header.servers = recorder.capture.addresses();
  // Where names are hashed, a pattern is not written out either.
  if (options.plain_keys && options.match) header.pattern = options.match->text();
  if (auto written = recorder.file->append(header_block(header)); !written) return written;
  recorder.file->keep();
  recorder.sink = std::make_unique<Sink>(recorder.intake, *recorder.file, header,
                                         static_cast<std::uint64_t>(options.max_bytes));
  return {};
}

/// Writes what is left when nobody reads any more.
RecordReport finish(Recorder& recorder, Captured captured) {
  const auto failed = [&](const Error& error) {
    if (captured.end == CaptureEnd::failed) return;
    captured.end = CaptureEnd::failed;
    captured.detail = error.message;
  };
  if (captured.end != CaptureEnd::failed) {
    if (const auto rest = recorder.sink->flush(Sink::Amount::all); !rest) failed(rest.error());
  }
  const auto& tally = recorder.intake.tally;
  trace::RecordEnd end;
  end.reason = to_string(captured.end);
  end.lines = tally.lines;
  end.other = tally.other;
  end.malformed = tally.malformed;
  end.end_us = recorder.context.clock.unix_milliseconds() * 1000;
  auto ended = recorder.file->append(end_block(end));
  if (ended) ended = recorder.file->sync();
  if (!ended) failed(ended.error());
  RecordReport report;
  report.captured = std::move(captured);
  report.file = recorder.options.file;
  report.plain_keys = recorder.options.plain_keys;
  report.lines = tally.lines;
  report.events = recorder.sink->events();
  report.other = tally.other + recorder.sink->left_out();
  report.filtered = tally.filtered;
  report.malformed = tally.malformed;
  report.file_bytes = recorder.file->bytes();
  report.verbs = recorder.sink->verbs();
  return report;
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
  if (auto opened = co_await recorder.capture.open(**servers); !opened)
    co_return fail(std::move(opened).error());
  if (auto begun = begin(recorder); !begun) co_return fail(std::move(begun).error());
  CaptureHooks hooks;
  hooks.came = [&] { recorder.flush(Sink::Amount::when_enough); };
  // What is little goes to the file as well, so that it is there when the machine is not.
  hooks.tick = [&] {
    if (!recorder.intake.events.empty()) recorder.flush(Sink::Amount::all);
  };
  hooks.progress = [&](auto left) { return progress_line(recorder, left); };
  auto captured = co_await recorder.capture.run(recorder.options.duration, std::move(hooks));
  co_return finish(recorder, std::move(captured));
}

}  // namespace rcache::record
