#include <algorithm>

#include "backup/reader.h"

namespace rcache::backup {
namespace {

constexpr std::size_t k_kept_damage = 1'000;

std::uint64_t hash_of(const std::string& key) {
  return crc64(key);
}

/// Adds one item to what is known.
class Count {
 public:
  Count(Summary& summary, std::uint64_t offset) : summary_(summary), offset_(offset) {}

  void operator()(const Header&) const {}

  void operator()(const Value& value) const {
    ++summary_.values;
    summary_.dump_bytes += value.dump.size();
    summary_.largest_dump_bytes =
        std::max<std::uint64_t>(summary_.largest_dump_bytes, value.dump.size());
    note_version(value);
    note_last(value);
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

  /// Only for keys that were written again: a file of a million keys has few of them.
  void note_last(const Value& value) const {
    const auto hash = hash_of(value.key);
    const auto known = summary_.last_of_key.find(hash);
    if (known != summary_.last_of_key.end()) {
      known->second = offset_;
    } else if (value.again) {
      summary_.last_of_key.emplace(hash, offset_);
    }
  }

  Summary& summary_;
  std::uint64_t offset_;
};

}  // namespace

bool Summary::counts(const Item& item) const {
  const auto* value = std::get_if<Value>(&item.content);
  if (value == nullptr) return true;
  const auto last = last_of_key.find(hash_of(value->key));
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
    std::visit(Count(out, (*item)->offset), (*item)->content);
  }
  out.torn_bytes = reader.torn_bytes();
  return out;
}

}  // namespace rcache::backup
