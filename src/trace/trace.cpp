#include "trace/trace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/key.h"
#include "core/units.h"
#include "file/descriptor.h"

namespace rcache::trace {
namespace {

constexpr std::size_t k_piece_bytes = std::size_t{1} << 20U;

/// Takes a trace piece by piece.
class Collector {
 public:
  Collector(std::string name, ReadOptions options)
      : name_(std::move(name)), options_(std::move(options)) {
    intake_.keys = KeyTable(options_.names);
    intake_.match = options_.match;
  }

  Result<void> take(std::string_view piece) {
    if (feeder_) return feed(piece);
    begin_ += piece;
    if (begin_.size() < k_begin_bytes && !options_.format) return {};
    return start();
  }

  Result<Trace> finish() {
    if (!feeder_) {
      if (auto started = start(); !started) return fail(std::move(started).error());
    }
    feeder_->finish();
    if (auto sound = check(); !sound) return fail(std::move(sound).error());
    if (intake_.events.empty()) return fail(refused("there is no event in it"));
    Trace out;
    out.format = format_;
    out.events = std::move(intake_.events);
    out.keys = std::move(intake_.keys);
    out.sources = intake_.sources.size();
    out.tally = std::move(intake_.tally);
    out.recording = std::move(recording_);
    put_in_order(out);
    return out;
  }

 private:
  Error refused(std::string_view why, std::string hint = {}) const {
    return {ErrorKind::usage, fmt::format("cannot use the trace '{}': {}", printable(name_), why),
            std::move(hint)};
  }

  Result<void> start() {
    if (options_.format) {
      format_ = *options_.format;
    } else {
      auto found = detect_format(begin_);
      if (!found) return fail(refused(found.error().message, found.error().hint));
      format_ = *found;
    }
    feeder_.emplace(make_decoder(format_, intake_, recording_, options_.seed));
    auto fed = feed(begin_);
    std::string().swap(begin_);
    return fed;
  }

  Result<void> feed(std::string_view piece) {
    feeder_->feed(piece);
    return check();
  }

  Result<void> check() const {
    const auto& tally = intake_.tally;
    if (intake_.match && intake_.nameless) {
      return fail(refused("its keys have no names that --match could look at",
                          "record it with --plain-keys"));
    }
    if (intake_.events.size() > options_.max_events) {
      return fail(
          refused(fmt::format("it has more than {} events", format_count(options_.max_events)),
                  "cut it into parts, or take only some keys with --match"));
    }
    if (options_.strict && tally.first_malformed) return fail(malformed());
    // A file of something else: do not read gigabytes of it.
    constexpr std::uint64_t k_hopeless = 10'000;
    if (tally.malformed >= k_hopeless && tally.malformed == tally.lines) return fail(malformed());
    return {};
  }

  Error malformed() const {
    const auto& first = *intake_.tally.first_malformed;
    return refused(fmt::format("{} {}: {}", format_ == TraceFormat::record ? "block" : "line",
                               format_count(first.number), first.why),
                   options_.strict ? "without --strict such lines are counted and left out"
                                   : "is it really of this format? --format names another one");
  }

  static void put_in_order(Trace& trace) {
    auto& events = trace.events;
    const auto earlier = [](const Event& a, const Event& b) { return a.time_ns < b.time_ns; };
    std::int64_t latest = events.front().time_ns;
    for (const auto& event : events) {
      if (event.time_ns < latest) ++trace.out_of_order;
      latest = std::max(latest, event.time_ns);
    }
    if (trace.out_of_order > 0) std::stable_sort(events.begin(), events.end(), earlier);
  }

  std::string name_;
  ReadOptions options_;
  Intake intake_;
  Recording recording_;
  TraceFormat format_ = TraceFormat::monitor;
  std::string begin_;  ///< until the format is known
  std::optional<Feeder> feeder_;
};

Error cannot_read(const std::string& path, int number) {
  const bool theirs = number == ENOENT || number == ENOTDIR || number == EACCES || number == EISDIR;
  return {theirs ? ErrorKind::usage : ErrorKind::output,
          fmt::format("cannot read the trace '{}': {}", printable(path), std::strerror(number))};
}

/// Until there is something to read. Out: false when it is not wanted any more.
bool wait_for_bytes(int from, const std::atomic<bool>* stop) {
  constexpr int k_look_ms = 100;
  if (stop == nullptr) return true;
  while (!stop->load(std::memory_order_relaxed)) {
    pollfd one{.fd = from, .events = POLLIN, .revents = 0};
    if (::poll(&one, 1, k_look_ms) != 0) return true;  // an error shows in the read
  }
  return false;
}

}  // namespace

Result<Trace> read_trace(const std::string& path, ReadOptions options) {
  const bool from_stdin = path == "-";
  file::Descriptor opened;
  if (!from_stdin) {
    opened = file::Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) return fail(cannot_read(path, errno));
  }
  const int from = from_stdin ? STDIN_FILENO : opened.get();
  const auto* stop = options.stop;
  Collector collector(from_stdin ? "stdin" : path, std::move(options));
  std::vector<char> piece(k_piece_bytes);
  while (true) {
    if (!wait_for_bytes(from, stop)) return fail(ErrorKind::interrupted, "interrupted");
    const auto size = ::read(from, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail(cannot_read(path, errno));
    if (size == 0) break;
    if (auto taken = collector.take({piece.data(), static_cast<std::size_t>(size)}); !taken) {
      return fail(std::move(taken).error());
    }
  }
  return collector.finish();
}

Result<Trace> parse_trace(std::string_view bytes, ReadOptions options, const std::string& name) {
  Collector collector(name, std::move(options));
  while (!bytes.empty()) {
    const auto piece = bytes.substr(0, k_piece_bytes);
    bytes.remove_prefix(piece.size());
    if (auto taken = collector.take(piece); !taken) return fail(std::move(taken).error());
  }
  return collector.finish();
}

}  // namespace rcache::trace
