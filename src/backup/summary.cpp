#include <algorithm>
#include <functional>
#include <unordered_set>

#include "backup/reader.h"
#include "core/crc.h"

namespace rcache::backup {
namespace {

constexpr std::size_t k_kept_damage = 1'000;

/// Hashes that are held at once: 32 MiB.
constexpr std::uint64_t k_hashes_at_once = 4'000'000;

/// Shows every value of the file. Errors: those of Reader.
Result<void> for_each_value(Reader& reader,
                            const std::function<void(const Value&, std::uint64_t offset)>& show) {
  if (auto ready = reader.rewind(); !ready) return ready;
  while (true) {
    const auto item = reader.next();
    if (!item) return fail(item.error());
    if (!*item) return {};
    if (const auto* value = std::get_if<Value>(&(*item)->content)) show(*value, (*item)->offset);
  }
}

/// The hashes of keys that have more than one record (and of some that only share theirs).
Result<std::unordered_set<std::uint64_t>> repeated_hashes(Reader& reader, std::uint64_t values) {
  std::unordered_set<std::uint64_t> repeated;
  const auto parts = values / k_hashes_at_once + 1;
  for (std::uint64_t part = 0; part < parts; ++part) {
    std::vector<std::uint64_t> hashes;
    hashes.reserve(values / parts + values / parts / 16);
    auto read = for_each_value(reader, [&](const Value& value, std::uint64_t) {
      const auto hash = crc64(value.key);
      if (hash % parts == part) hashes.push_back(hash);
    });
    if (!read) return fail(std::move(read).error());
    std::sort(hashes.begin(), hashes.end());
    auto at = hashes.begin();
    while ((at = std::adjacent_find(at, hashes.end())) != hashes.end()) repeated.insert(*at++);
  }
  return repeated;
}

/// Adds one item to what is known.
class Count {
 public:
  explicit Count(Summary& summary) : summary_(summary) {}

  void operator()(const Header&) const {}

  void operator()(const Value& value) const {
    ++summary_.values;
    summary_.dump_bytes += value.dump.size();
    summary_.largest_dump_bytes =
        std::max<std::uint64_t>(summary_.largest_dump_bytes, value.dump.size());
    note_version(value);
  }

  void operator()(const Members& members) const {
    ++summary_.member_records;
    summary_.members += members.members.size();
  }

  void operator()(const End& end) const { summary_.end = end; }

  void operator()(const Damage& damage) const {
    ++summary_.damaged;
    if (summary_.damage.size() < k_kept_damage) summary_.damage.push_back(damage);
  }

 private:
  void note_version(const Value& value) const {
    const auto version = dump_version(value.dump);
    if (!version) return;
    auto& all = summary_.versions;
    const auto place = std::lower_bound(all.begin(), all.end(), *version);
    if (place == all.end() || *place != *version) all.insert(place, *version);
  }

  Summary& summary_;
};

}  // namespace

bool Summary::counts(const Item& item) const {
  const auto* value = std::get_if<Value>(&item.content);
  if (value == nullptr) return true;
  const auto last = last_of_key.find(value->key);
  return last == last_of_key.end() || last->second == item.offset;
}

Result<Summary> summarize(Reader& reader) {
  Summary out;
  const auto ready = reader.rewind();
  if (!ready) return fail(ready.error());
  while (true) {
    const auto item = reader.next();
    if (!item) return fail(item.error());
    if (!*item) break;
    std::visit(Count(out), (*item)->content);
  }
  out.torn_bytes = reader.torn_bytes();
  const auto repeated = repeated_hashes(reader, out.values);
  if (!repeated) return fail(repeated.error());
  if (repeated->empty()) return out;
  auto read = for_each_value(reader, [&](const Value& value, std::uint64_t offset) {
    if (repeated->contains(crc64(value.key))) out.last_of_key[value.key] = offset;
  });
  if (!read) return fail(std::move(read).error());
  return out;
}

}  // namespace rcache::backup
