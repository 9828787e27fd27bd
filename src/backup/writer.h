#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "backup/record.h"
#include "core/error.h"

namespace rcache::backup {

/// A backup file that is being written. It was made by us: new, 0600, never through a symbolic
/// link.
///
/// Safe for several threads: one may sync() while another adds more. A sync() takes what was added
/// before it began, and add() never waits for the disk.
class Writer {
 public:
  /// Makes the file, writes its header and syncs it and its folder.
  ///
  /// Errors:  usage when the path exists already, is a link, or its folder is writable by everybody
  ///          without the sticky bit; output for what the system refuses ("No space left on
  ///          device").
  static Result<std::unique_ptr<Writer>> create(const std::string& path, const Header& header);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Takes frames into memory; nothing is on the disk before sync().
  void add(const Value& value);
  void add(const Members& members);

  /// Writes what was added and waits until it is on the disk (fdatasync).
  ///
  /// Errors:  output, naming the path and the system's word, also when a record was added that is
  ///          too long for a reader. After one the writer takes nothing more: what was added since
  ///          the last good sync() must be taken as not saved.
  Result<void> sync();

  /// Writes the end frame and syncs. No more can be added.
  Result<void> finish(const std::string& reason);

  std::uint64_t values() const;       ///< synced
  std::uint64_t bytes() const;        ///< of the file, synced
  std::size_t pending_bytes() const;  ///< added, not synced
  const std::string& path() const;

 private:
  struct State;
  explicit Writer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace rcache::backup
