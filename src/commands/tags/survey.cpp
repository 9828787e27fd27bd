#include "commands/tags/survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "commands/tag_naming.h"
#include "core/key.h"
#include "redis/member_walk.h"
#include "redis/scan.h"
#include "redis/task_group.h"

namespace rcache::tags {
namespace {

constexpr std::size_t k_most_reasons = 100;
/// Containers worked on side by side: far away each waits for a round trip of its own.
constexpr std::size_t k_near_at_once = 16;
constexpr std::size_t k_far_at_once = 48;
constexpr std::chrono::milliseconds k_far{2};

redis::ScanOptions scan_options(const Survey& survey, std::string match) {
  redis::ScanOptions options;
  options.match = std::move(match);
  options.lanes = 0;
  options.patience = survey.context.patience;
  options.meant = [&naming = survey.naming](std::string_view key) {
    return naming.name_of(key).has_value();
  };
  return options;
}

/// Hands out what a scan brings that is a container, each once.
class Finder {
 public:
  Finder(std::shared_ptr<Survey> survey, std::string match)
      : survey_(survey), scan_(survey->servers, scan_options(*survey, std::move(match))) {}

  /// The next ones; empty at the end.
  asio::awaitable<Result<std::vector<Container>>> next() {
    std::vector<Container> found;
    while (found.empty() && !survey_->over()) {
      auto batch = co_await scan_.next();
      if (!batch) co_return fail(std::move(batch).error());
      if (!batch->has_value()) break;
      for (auto& key : (*batch)->keys) {
        auto name = survey_->naming.name_of(key);
        if (name && seen_.insert(key).second) found.push_back({std::move(key), std::move(*name)});
      }
    }
    co_return found;
  }

  /// Says what was not covered.
  void conclude() {
    if (survey_->stopped) scan_.stop();
    const auto& coverage = scan_.coverage();
    if (!survey_->stopped && !coverage.complete) {
      for (const auto& reason : coverage.reasons) survey_->say(reason);
      if (coverage.reasons.empty()) survey_->say("the scan did not cover every key");
    }
  }

 private:
  std::shared_ptr<Survey> survey_;
  redis::Scan scan_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

void Survey::say(std::string words) {
  if (reasons.size() >= k_most_reasons) return;
  if (std::find(reasons.begin(), reasons.end(), words) == reasons.end())
    reasons.push_back(std::move(words));
}

void Survey::stop(std::string words) {
  stopped = true;
  say(std::move(words));
}

void Survey::fail_with(const Error& error) {
  if (error.kind == ErrorKind::interrupted) {
    stop("interrupted");
    return;
  }
  say(error.message);
}

bool Survey::over() {
  if (!stopped && context.interrupt.requested()) stop("interrupted");
  return stopped;
}

std::string Survey::shown(std::string_view key) const {
  return std::string(context.key_prefix.off(key).value_or(key));
}

asio::awaitable<Result<std::shared_ptr<Survey>>> open_survey(Context& context, Options options) {
  auto naming = naming_of(context, options.naming);
  if (!naming) co_return fail(std::move(naming).error());
  auto servers = co_await context.connect();
  if (!servers) co_return fail(std::move(servers).error());
  auto survey = std::make_shared<Survey>(context, std::move(options), std::move(*naming),
                                         std::move(*servers));
  for (const auto& gap : survey->servers->gaps())
    survey->say(fmt::format("cannot reach {}: {}", gap.what, gap.why));
  survey->pages = std::make_shared<redis::PageBudget>(co_await asio::this_coro::executor);
  survey->round_trip = co_await redis::measure_round_trip(survey->servers);
  co_return survey;
}

asio::awaitable<Result<void>> for_each_container(std::shared_ptr<Survey> survey,
                                                 ContainerVisitor visit) {
  const auto at_once = survey->round_trip < k_far ? k_near_at_once : k_far_at_once;
  redis::TaskGroup tasks(co_await asio::this_coro::executor, at_once);
  Finder finder(survey, survey->naming.match());
  std::optional<Error> broken;
  while (!survey->over()) {
    auto found = co_await finder.next();
    if (!found) {
      broken = std::move(found).error();
      break;
    }
    if (found->empty()) break;
    for (auto& container : *found) {
      if (survey->over()) break;
      co_await tasks.start(visit(std::move(container)));
    }
  }
  co_await tasks.finish();
  finder.conclude();
  survey->context.output.progress("");
  if (broken && broken->kind == ErrorKind::interrupted) survey->stop("interrupted");
  if (broken && broken->kind != ErrorKind::interrupted) co_return fail(std::move(*broken));
  co_return Result<void>();
}

asio::awaitable<Result<std::vector<Container>>> find_tag(std::shared_ptr<Survey> survey,
                                                         std::string tag) {
  std::vector<Container> found;
  const auto names = survey->naming.containers_of(tag);
  if (names.empty()) {
    Finder finder(survey, survey->naming.match_of(tag));
    while (true) {
      auto some = co_await finder.next();
      if (!some) co_return fail(std::move(some).error());
      if (some->empty()) break;
      for (auto& container : *some)
        if (container.name.tag == tag) found.push_back(std::move(container));
    }
    finder.conclude();
  }
  for (const auto& key : names) {
    redis::Args words{"EXISTS", key};
    auto reply = co_await survey->servers->send_to_owner(key, std::move(words));
    if (!reply) co_return fail(std::move(reply).error());
    if (const auto* error = reply->error()) {
      co_return fail(ErrorKind::server, fmt::format("'{}': {}", printable(survey->shown(key), 256),
                                                    printable(error->text, 256)));
    }
    ++survey->lookups;
    const auto* there = reply->get<std::int64_t>();
    auto name = survey->naming.name_of(key);
    if (there != nullptr && *there > 0 && name) found.push_back({key, std::move(*name)});
  }
  std::sort(found.begin(), found.end(),
            [](const Container& a, const Container& b) { return a.key < b.key; });
  co_return found;
}

}  // namespace rcache::tags
