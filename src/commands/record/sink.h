#pragma once

#include <cstdint>

#include "commands/record/options.h"
#include "commands/record/recording_file.h"
#include "commands/record/report.h"
#include "trace/intake.h"
#include "trace/record_writer.h"

namespace rcache::record {

/// Whether more events have room.
enum class Room { left, none };

/// Between what was read and the file: puts events of all servers in order, packs them into blocks
/// and keeps within --max-bytes.
class Sink {
 public:
  /// In:      all outlive this.
  Sink(trace::Intake& intake, RecordingFile& file, const trace::RecordHeader& header,
       std::uint64_t max_bytes)
      : intake_(intake), file_(file), writer_(header, intake.keys), max_bytes_(max_bytes) {}

  /// Writes what has come, when it is enough for a block; or all of it.
  /// Errors:  output.
  enum class Amount { when_enough, all };
  Result<Room> flush(Amount amount);

  std::uint64_t events() const { return written_; }
  std::uint64_t left_out() const { return left_out_; }
  const std::array<std::uint64_t, trace::k_verb_count>& verbs() const { return verbs_; }

 private:
  Result<Room> write_block();

  trace::Intake& intake_;
  RecordingFile& file_;
  trace::RecordWriter writer_;
  std::uint64_t max_bytes_;
  std::uint64_t written_ = 0;
  std::uint64_t left_out_ = 0;
  std::array<std::uint64_t, trace::k_verb_count> verbs_{};
  std::array<std::uint64_t, trace::k_verb_count> in_block_{};
};

}  // namespace rcache::record
