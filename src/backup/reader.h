#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "backup/record.h"
#include "core/error.h"

namespace rcache::backup {

/// A piece of the file that cannot be read.
struct Damage {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  ///< skipped, up to the next whole frame or the end
  std::string what;         ///< "the checksum does not fit"
  bool operator==(const Damage&) const = default;
};

/// One frame, or what stands where one should be.
struct Item {
  std::uint64_t offset = 0;
  std::variant<Header, Value, Members, End, Damage> content;
  bool operator==(const Item&) const = default;
};

/// A backup file, read from front to back with one frame in memory.
class Reader {
 public:
  /// Opens it. Not through a symbolic link; a regular file that belongs to us or root and that
  /// nobody else may write.
  ///
  /// Errors:  usage, naming the path and what is wrong: no such file, not a backup of rcache (its
  ///          first frame is no header), a damaged header, a later format.
  static Result<std::unique_ptr<Reader>> open(const std::string& path);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  const Header& header() const;

  /// The next frame behind the header; empty at the end of the file. A tail that is too short for
  /// its frame ends the file: torn_bytes() says how long it is. A Header is never among the items:
  /// a second one is damage.
  ///
  /// Errors:  output when the file cannot be read (EIO).
  Result<std::optional<Item>> next();

  /// Bytes at the end that are not a whole frame: the last write was cut off. Only at the end.
  std::uint64_t torn_bytes() const;

  /// Back to the first frame behind the header.
  Result<void> rewind();

 private:
  struct State;
  explicit Reader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What a look through the whole file says, before anything is restored.
struct Summary {
  std::uint64_t values = 0;  ///< records, superseded ones too
  std::uint64_t member_records = 0;
  std::uint64_t members = 0;
  std::uint64_t dump_bytes = 0;
  std::uint64_t largest_dump_bytes = 0;
  std::vector<std::uint16_t> versions;  ///< of the payloads, ascending
  std::vector<Damage> damage;           ///< at most the first 1,000
  std::uint64_t damaged = 0;            ///< all of them
  std::uint64_t torn_bytes = 0;
  std::optional<End> end;  ///< empty: the run that wrote it was cut off
  /// Where the last record of a key stands that has several.
  std::unordered_map<std::string, std::uint64_t> last_of_key;

  /// False for a record that a later one of the same key makes void.
  bool counts(const Item& item) const;
};

/// Reads the whole file: once to count, once for each four million values to find keys that stand
/// there more than once, and once more when there are some. Memory: 32 MiB, and those keys' names.
///
/// Errors:  those of Reader.
Result<Summary> summarize(Reader& reader);

}  // namespace rcache::backup
