#pragma once

#include <cstdint>
#include <string>

#include "trace/key_table.h"
#include "trace/record_format.h"

namespace rcache::trace {

/// Events -> blocks of a recording.
class RecordWriter {
 public:
  /// In:      `keys` the events' own; names must be kept when `header.plain_keys`, and hashes be
  ///          secret otherwise.
  RecordWriter(const RecordHeader& header, const KeyTable& keys)
      : keys_(keys), plain_keys_(header.plain_keys), begin_us_(header.begin_us) {}

  /// Adds an event to the open block, in the order of time.
  ///
  /// Out:     false, and nothing is added, for a key whose name is longer than 64 KiB.
  bool add(const Event& event);

  /// The open block, closed; empty when there is nothing in it. Keys are forgotten with it: the
  /// table may be cleared now.
  std::string take_block();

  std::size_t open_bytes() const { return payload_.size(); }
  std::uint64_t events() const { return events_; }  ///< of all blocks

 private:
  const KeyTable& keys_;
  bool plain_keys_;
  std::int64_t begin_us_;
  std::string payload_;
  NumberTable known_;  ///< keys of this block
  std::int64_t last_us_ = 0;
  std::uint32_t last_source_ = 0;
  std::uint16_t last_database_ = 0;
  std::uint32_t in_block_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace rcache::trace
