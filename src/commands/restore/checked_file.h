#pragma once

#include <memory>

#include "backup/reader.h"
#include "commands/restore/batch.h"

namespace rcache::restore {

/// A backup file that was read once from end to end, and what of it is wanted.
struct CheckedFile {
  std::unique_ptr<backup::Reader> reader;
  backup::Summary summary;
  Filter filter;

  /// Its records from the first one on, counted in `report`.
  /// Errors:  those of backup::Reader.
  Result<BatchReader> records(RestoreReport& report, const Bounds& bounds);
};

/// Errors:  those of backup::Reader; usage when --match and the key prefix are too long.
Result<CheckedFile> check_file(const Options& options, const KeyPrefix& prefix);

/// Keys of one database do not belong into another by an oversight.
/// Errors:  refused, with the flag that says so.
Result<void> check_database(const CheckedFile& file, int database, const Options& options);

}  // namespace rcache::restore
