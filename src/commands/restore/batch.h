#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/reader.h"
#include "commands/restore/options.h"
#include "commands/restore/report.h"
#include "core/key_prefix.h"

namespace rcache::restore {

/// What --match wants.
class Filter {
 public:
  Filter() = default;
  /// Errors:  usage: the pattern and the key prefix together are too long.
  static Result<Filter> make(const std::optional<Glob>& typed, const KeyPrefix& prefix);

  bool wants(std::string_view key) const;
  /// Applications may store a tag's members without the key prefix.
  bool wants_member(std::string_view member) const;

 private:
  std::optional<Glob> glob_;
  KeyPrefix prefix_;
};

/// A record that is to be restored. `settled`: it has been counted, nothing more is to be done.
struct KeyRecord {
  std::uint64_t offset = 0;
  backup::Value value;
  bool settled = false;
};
struct TagRecord {
  std::uint64_t offset = 0;
  backup::Members tag;          ///< with the wanted members only
  std::optional<bool> existed;  ///< whether its set was there before; empty: not asked yet
  bool settled = false;
};

struct Batch {
  std::vector<KeyRecord> keys;
  std::vector<TagRecord> tags;

  bool empty() const { return keys.empty() && tags.empty(); }
  std::size_t unsettled() const;
};

/// Walks through a file in batches of bounded size.
class BatchReader {
 public:
  /// In:      a reader at the first record; all three outlive this. What is not to be restored is
  ///          counted in the report here: filtered, superseded, too large.
  BatchReader(backup::Reader& reader, const backup::Summary& summary, RestoreReport& report,
              Filter filter, Bounds bounds);

  /// The next batch; empty at the end of the file.
  /// Errors:  output when the file cannot be read.
  Result<Batch> next();

 private:
  struct Record {
    std::size_t bytes = 0;
    std::optional<KeyRecord> key;
    std::optional<TagRecord> tag;
  };
  Result<std::optional<Record>> next_record();
  std::optional<Record> select(backup::Item item);
  std::optional<Record> select_key(std::uint64_t offset, backup::Value value);
  std::optional<Record> select_tag(std::uint64_t offset, backup::Members tag) const;

  backup::Reader& reader_;
  const backup::Summary& summary_;
  RestoreReport& report_;
  Filter filter_;
  Bounds bounds_;
  std::optional<Record> held_back_;  ///< did not fit into the last batch
};

}  // namespace rcache::restore
