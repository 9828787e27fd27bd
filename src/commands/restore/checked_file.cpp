#include "commands/restore/checked_file.h"

#include <fmt/format.h>

namespace rcache::restore {

Result<BatchReader> CheckedFile::records(RestoreReport& report, const Bounds& bounds) {
  if (auto again = reader->rewind(); !again) return fail(std::move(again).error());
  return BatchReader(*reader, summary, report, filter, bounds);
}

Result<CheckedFile> check_file(const Options& options, const KeyPrefix& prefix) {
  CheckedFile file;
  auto filter = Filter::make(options.match, prefix);
  if (!filter) return fail(std::move(filter).error());
  file.filter = std::move(*filter);
  auto reader = backup::Reader::open(options.file);
  if (!reader) return fail(std::move(reader).error());
  file.reader = std::move(*reader);
  auto summary = backup::summarize(*file.reader);
  if (!summary) return fail(std::move(summary).error());
  file.summary = std::move(*summary);
  return file;
}

Result<void> check_database(const CheckedFile& file, int database, const Options& options) {
  const auto saved = file.reader->header().database;
  if (saved == database || options.other_database) return {};
  return fail(
      ErrorKind::refused,
      fmt::format("the backup is of database {}, and this is database {}", saved, database),
      fmt::format("nothing was restored; give -n {}, or --other-db when it is meant", saved));
}

}  // namespace rcache::restore
