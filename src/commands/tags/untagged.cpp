#include "commands/tags/untagged.h"

#include <algorithm>

#include "redis/asio.h"
#include "redis/member_walk.h"
#include "redis/scan.h"

namespace rcache::tags {
namespace {

/// A quarter of a million keys of ordinary length.
constexpr std::size_t k_share_bytes = std::size_t{12} << 20U;
constexpr std::size_t k_keys_at_once = 1000;
constexpr std::size_t k_examples = 5;

/// Crosses out the keys of one page.
asio::awaitable<bool> cross_out(std::shared_ptr<Survey> survey, Container container,
                                Untagged* untagged, std::vector<redis::Member> members) {
  for (const auto& member : members)
    untagged->held(survey->naming.key_of(container.name, member.name));
  co_return !survey->over();
}

asio::awaitable<void> walk_tag(std::shared_ptr<Survey> survey, Untagged* untagged,
                               Container container) {
  redis::MemberVisitor visit = [survey, container, untagged](redis::KeyLife,
                                                             std::vector<redis::Member> page) {
    return cross_out(survey, container, untagged, std::move(page));
  };
  const auto walked = co_await redis::walk_members(survey->servers, container.key,
                                                   survey->walk_options(), std::move(visit));
  survey->lookups += walked.lookups;
  if (walked.end == redis::MemberWalk::End::failed) survey->fail_with(*walked.error);
}

}  // namespace

Untagged::Untagged(std::shared_ptr<Survey> survey, std::string match)
    : survey_(std::move(survey)), match_(std::move(match)), share_(k_share_bytes) {}

asio::awaitable<Result<void>> Untagged::gather_share() {
  redis::ScanOptions options;
  options.match = match_;
  options.lanes = 0;
  options.patience = survey_->context.patience;
  redis::Scan scan(survey_->servers, std::move(options));
  while (!survey_->over()) {
    auto batch = co_await scan.next();
    if (!batch && batch.error().kind == ErrorKind::interrupted) {
      survey_->stop("interrupted");
      break;
    }
    if (!batch) co_return fail(std::move(batch).error());
    if (!batch->has_value()) break;
    for (const auto& key : (*batch)->keys)
      if (!survey_->naming.name_of(key)) share_.add(key);
  }
  if (survey_->stopped) scan.stop();
  if (!survey_->stopped && !scan.coverage().complete) {
    for (const auto& reason : scan.coverage().reasons) survey_->say(reason);
    if (scan.coverage().reasons.empty()) survey_->say("the scan did not cover every key");
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Untagged::ask(std::vector<std::string> keys, const Found& found) {
  auto lives = co_await redis::ask_lives(survey_->servers, keys);
  if (!lives) co_return fail(std::move(lives).error());
  survey_->lookups += lives->lookups;
  if (!lives->trouble.empty())
    survey_->say("keys that no tag holds could not be looked at: " + lives->trouble);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto state = lives->lives[i].state;
    if (state == redis::KeyLife::State::gone || state == redis::KeyLife::State::unknown) continue;
    ++count_;
    found(keys[i]);
    examples_.push_back(survey_->shown(keys[i]));
    std::sort(examples_.begin(), examples_.end());
    if (examples_.size() > k_examples) examples_.pop_back();
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Untagged::settle_share(const Found& found) {
  while (!survey_->over()) {
    auto keys = share_.take(k_keys_at_once);
    if (keys.empty()) break;
    auto asked = co_await ask(std::move(keys), found);
    if (!asked) co_return asked;
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Untagged::walk_tags() {
  ContainerVisitor visit = [this](Container container) {
    return walk_tag(survey_, this, std::move(container));
  };
  co_return co_await for_each_container(survey_, std::move(visit));
}

asio::awaitable<Result<void>> Untagged::finish(Found found) {
  while (!survey_->over()) {
    if (auto settled = co_await settle_share(found); !settled) {
      if (settled.error().kind != ErrorKind::interrupted) co_return settled;
      survey_->stop("interrupted");
    }
    if (share_.last()) break;
    share_.next();
    if (auto gathered = co_await gather_share(); !gathered) co_return gathered;
    if (auto walked = co_await walk_tags(); !walked) co_return walked;
  }
  co_return Result<void>();
}

}  // namespace rcache::tags
