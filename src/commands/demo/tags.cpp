#include "commands/demo/tags.h"

#include <fmt/format.h>

#include "commands/demo/random.h"

namespace rcache::demo {
namespace {

constexpr std::size_t k_members_per_command = 200;

Random stream(const Plan& plan, std::size_t index) {
  return Random(plan.seed, static_cast<std::uint64_t>(Stream::tags), index);
}

/// Gathers the members of one set into SADDs of a bearable size.
class Members {
 public:
  Members(Chunk& chunk, std::string key) : chunk_(chunk), key_(std::move(key)) {}
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;
  ~Members() { flush(); }

  void add(std::string member) {
    if (words_.empty()) words_ = {"SADD", key_};
    words_.push_back(std::move(member));
    if (words_.size() >= k_members_per_command) flush();
  }

 private:
  void flush() {
    if (!words_.empty()) chunk_.add(std::move(words_));
    words_.clear();
  }

  Chunk& chunk_;
  std::string key_;
  Words words_ = {};
};

void expire(Chunk& chunk, const std::string& key, std::int64_t ttl_ms) {
  chunk.add({"PEXPIRE", key, std::to_string(ttl_ms)});
}

}  // namespace

TagCare org_tag_care(std::size_t org) {
  if (org == 2) return TagCare::no_ttl;
  if (org % 8 == 3) return TagCare::dead_members;
  if (org % 8 == 5) return TagCare::short_lived;
  return TagCare::good;
}

TagCare category_tag_care(std::size_t category) {
  if (category == 4) return TagCare::short_lived;
  if (category == 6) return TagCare::dead_members;
  return TagCare::good;
}

bool is_untagged(std::size_t contacts_index) {
  return contacts_index % 331 == 7;
}

void write_org_tag(const Plan& plan, std::size_t index, Chunk& chunk) {
  const std::size_t org = index + 1;
  const std::string key = org_tag_key(org);
  const TagCare care = org_tag_care(org);
  Random random = stream(plan, index);
  {
    Members members(chunk, key);
    for (std::size_t page = plan.first_contact[index]; page < plan.first_contact[org]; ++page) {
      if (!is_untagged(page)) members.add(contacts_key(plan, page));
    }
    if (care == TagCare::dead_members) {
      for (auto left = random.between(5, 40); left > 0; --left) {
        members.add(fmt::format("contacts:org{}:list:page:{}:sort:age", org, left));
      }
    }
  }
  if (care == TagCare::no_ttl) return;
  // The members' longest TTL is 10 minutes.
  const bool is_short = care == TagCare::short_lived;
  expire(chunk, key,
         is_short ? random.between(240'000, 420'000) : random.between(660'000, 720'000));
}

void write_category_tag(const Plan& plan, std::size_t index, Chunk& chunk) {
  const std::string key = category_tag_key(index + 1);
  const TagCare care = category_tag_care(index + 1);
  {
    Members members(chunk, key);
    for (std::size_t i = index; i < plan.products; i += plan.categories)
      members.add(product_key(i));
    if (care == TagCare::dead_members) {
      for (std::size_t i = 0; i < 25; ++i) members.add(product_key(plan.products + 100 + i));
    }
  }
  // The members' longest TTL is 24 hours.
  expire(chunk, key, care == TagCare::short_lived ? 6 * 3'600'000 : 25 * 3'600'000);
}

void write_user_tag(const Plan& plan, std::size_t index, Chunk& chunk) {
  const std::string key = fmt::format("tag:user:{}", index + 1);
  const std::string profile = profile_key(index);
  chunk.add({"SADD", key, profile, profile + ":meta"});
  expire(chunk, key, stream(plan, plan.orgs + index).between(905'000, 960'000));
}

void write_odd_tags(const Plan& plan, std::size_t, Chunk& chunk) {
  for (std::size_t org = plan.orgs + 1; org <= plan.orgs + 2; ++org) {
    const std::string key = org_tag_key(org);
    Words words{"SADD", key};
    for (std::size_t page = 1; page <= 12; ++page) {
      words.push_back(fmt::format("contacts:org{}:list:page:{}:sort:name", org, page));
    }
    chunk.add(std::move(words));
    expire(chunk, key, 700'000);
  }
  chunk.add({"SET", "tag:contacts:all", R"(["contacts:org1","contacts:org2"])", "PX", "3600000"});
}

}  // namespace rcache::demo
