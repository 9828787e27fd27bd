#include "commands/restore/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "commands/restore/tally.h"
#include "core/units.h"

namespace rcache::restore {

Result<Filter> Filter::make(const std::optional<Glob>& typed, const KeyPrefix& prefix) {
  Filter filter;
  filter.prefix_ = prefix;
  if (!typed) return filter;
  auto whole = Glob::parse(prefix.on_pattern(typed->text()));
  if (!whole) {
    return fail(ErrorKind::usage, fmt::format("--match: {}", whole.error().message),
                whole.error().hint);
  }
  filter.glob_ = std::move(*whole);
  return filter;
}

bool Filter::wants(std::string_view key) const {
  return !glob_ || glob_->matches(key);
}

bool Filter::wants_member(std::string_view member) const {
  return wants(member) || (!prefix_.empty() && wants(prefix_.on_key(member)));
}

std::size_t Batch::unsettled() const {
  const auto open = [](const auto& record) { return !record.settled; };
  return static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), open) +
                                  std::count_if(tags.begin(), tags.end(), open));
}

BatchReader::BatchReader(backup::Reader& reader, const backup::Summary& summary,
                         RestoreReport& report, Filter filter, Bounds bounds)
    : reader_(reader),
      summary_(summary),
      report_(report),
      filter_(std::move(filter)),
      bounds_(bounds) {}

Result<Batch> BatchReader::next() {
  Batch batch;
  std::size_t bytes = 0;
  std::size_t records = 0;
  while (records < bounds_.batch_records) {
    auto record = next_record();
    if (!record) return fail(std::move(record).error());
    if (!*record) break;
    if (records > 0 && bytes + (*record)->bytes > bounds_.batch_bytes) {
      held_back_ = std::move(*record);
      break;
    }
    ++records;
    bytes += (*record)->bytes;
    if ((*record)->key) batch.keys.push_back(std::move(*(*record)->key));
    if ((*record)->tag) batch.tags.push_back(std::move(*(*record)->tag));
  }
  return batch;
}

Result<std::optional<BatchReader::Record>> BatchReader::next_record() {
  if (held_back_) return std::exchange(held_back_, std::nullopt);
  while (true) {
    auto item = reader_.next();
    if (!item) return fail(std::move(item).error());
    if (!*item) return std::optional<Record>();
    if (auto record = select(std::move(**item))) return record;
  }
}

std::optional<BatchReader::Record> BatchReader::select(backup::Item item) {
  if (const auto* value = std::get_if<backup::Value>(&item.content)) {
    if (!filter_.wants(value->key)) {
      ++report_.filtered;
      return std::nullopt;
    }
    if (!summary_.counts(item)) {
      ++report_.superseded;
      return std::nullopt;
    }
    return select_key(item.offset, std::get<backup::Value>(std::move(item.content)));
  }
  if (auto* tag = std::get_if<backup::Members>(&item.content))
    return select_tag(item.offset, std::move(*tag));
  return std::nullopt;  // damage was counted when the file was checked
}

std::optional<BatchReader::Record> BatchReader::select_key(std::uint64_t offset,
                                                           backup::Value value) {
  if (value.dump.size() > bounds_.value_bytes) {
    const auto size = static_cast<std::int64_t>(value.dump.size());
    const auto most = static_cast<std::int64_t>(bounds_.value_bytes);
    add_failure(report_, {offset, std::move(value.key),
                          fmt::format("it has {}, and a server takes {} at once",
                                      format_bytes(size), format_bytes(most))});
    return std::nullopt;
  }
  Record record;
  record.bytes = value.key.size() + value.dump.size();
  record.key = KeyRecord{offset, std::move(value)};
  return record;
}

std::optional<BatchReader::Record> BatchReader::select_tag(std::uint64_t offset,
                                                           backup::Members tag) const {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < tag.members.size(); ++i) {
    if (!filter_.wants_member(tag.members[i])) continue;
    if (i != kept) {
      tag.members[kept] = std::move(tag.members[i]);
      if (!tag.values.empty()) tag.values[kept] = std::move(tag.values[i]);
    }
    ++kept;
  }
  tag.members.resize(kept);
  if (!tag.values.empty()) tag.values.resize(kept);
  if (tag.members.empty()) return std::nullopt;
  Record record;
  record.bytes = tag.container.size();
  for (const auto* texts : {&tag.members, &tag.values})
    for (const auto& text : *texts) record.bytes += text.size();
  record.tag = TagRecord{offset, std::move(tag), std::nullopt};
  return record;
}

}  // namespace rcache::restore
