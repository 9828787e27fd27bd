#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rcache::demo {

/// How many keys of each family the cache holds. Everything else follows from this, item by item.
struct Plan {
  std::uint64_t seed = 1;
  std::int64_t now_ms = 0;  ///< the server's time when the fill began, since 1970
  std::size_t keys = 0;     ///< all of them, when the fill is done

  std::size_t contacts = 0;  ///< contacts:org1:list:page:1:sort:name, 10 m, in an envelope
  std::size_t orgs = 0;  ///< organisations that the contacts belong to; the first are the largest
  std::size_t profiles = 0;       ///< user:123:profile, 15 m
  std::size_t profile_metas = 0;  ///< user:123:profile:meta, of the first profiles, same TTL
  std::size_t sessions = 0;       ///< session:<hex>, at most 15 m
  std::size_t products = 0;       ///< catalog:product:123, 24 h, in an XFetch envelope
  std::size_t categories = 0;     ///< cachetag:catalog:category:1
  std::size_t searches = 0;       ///< search:<hex>, 5 m
  std::size_t reports = 0;        ///< report:daily:123, all expire in the same second
  std::size_t exports = 0;        ///< contacts:org7:export:123, no TTL
  std::size_t flags = 0;          ///< feature:flags:123, no TTL
  std::size_t rate_limits = 0;    ///< ratelimit:123:/api/contacts, at most 60 s
  std::size_t codes = 0;          ///< otp:123, at most 60 s
  std::size_t spent_codes = 0;    ///< codes that have expired when the fill is done; not in `keys`
  std::size_t locks = 0;          ///< lock:contacts:..., at most 30 s
  std::size_t user_tags = 0;      ///< tag:user:123
  std::size_t hash_fields = 0;    ///< in the one big hash
  std::size_t stream_entries = 0;
  std::size_t read_batches = 0;  ///< of k_reads_per_batch reads each

  std::int64_t cliff_ms = 0;               ///< when all reports expire
  std::int64_t codes_spent_ms = 0;         ///< when the spent codes have expired
  std::vector<std::size_t> first_contact;  ///< of each org, counted from 0; ends with `contacts`
};

inline constexpr std::size_t k_least_keys = 1'000;
inline constexpr std::size_t k_most_keys = 5'000'000;
inline constexpr std::size_t k_reads_per_batch = 50;
/// Keys that come once, whatever the size: those of oddities.h and the three odd tags.
inline constexpr std::size_t k_single_keys = 42;

/// In:  keys, k_least_keys to k_most_keys; now_ms, since 1970.
/// Out: a plan whose families add up to exactly `keys`.
Plan make_plan(std::size_t keys, std::uint64_t seed, std::int64_t now_ms);

/// The time that an item of the cache has behind it and before it.
struct Life {
  std::int64_t age_ms = 0;
  std::int64_t ttl_ms = 0;  ///< what remains
};

/// Names and lives, the same each time they are asked for, so that tags, locks and reads can speak
/// of a key without a list of all keys. An index at or beyond the family's count names a key that
/// never was.
std::string contacts_key(const Plan& plan, std::size_t index);
Life contacts_life(const Plan& plan, std::size_t index);
std::string profile_key(std::size_t index);
Life profile_life(const Plan& plan, std::size_t index);
std::string session_key(const Plan& plan, std::size_t index);
std::string product_key(std::size_t index);
std::string search_key(const Plan& plan, std::size_t index);
std::string rate_limit_key(std::size_t index);
std::string code_key(std::size_t index);
/// In: org, from 1.
std::string org_tag_key(std::size_t org);
/// In: category, from 1.
std::string category_tag_key(std::size_t category);

/// The streams of randomness: one for each use, so that adding one does not change another.
enum class Stream : std::uint64_t {
  contacts,
  profiles,
  sessions,
  products,
  searches,
  rate_limits,
  codes,
  locks,
  tags,
  exports,
  reads
};

}  // namespace rcache::demo
