#include "commands/invalidate/tag_containers.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/key.h"
#include "redis/refusal.h"
#include "redis/scan.h"

namespace rcache::invalidate {
namespace {

/// Looks for the tag's containers in the whole keyspace.
asio::awaitable<Result<FoundContainers>> search(std::shared_ptr<Job> job, std::string tag) {
  redis::ScanOptions options;
  options.match = job->naming.match_of(tag);
  options.lanes = 0;
  options.pace = job->pace;
  options.patience = job->context.patience;
  redis::Scan scan(job->servers, std::move(options));
  FoundContainers found;
  while (!job->stopped) {
    auto batch = co_await scan.next();
    if (!batch) co_return fail(std::move(batch).error());
    if (!batch->has_value()) break;
    for (auto& key : (*batch)->keys) {
      auto name = job->naming.name_of(key);
      if (name && name->tag == tag) found.containers.push_back({std::move(key), std::move(*name)});
    }
    check_stop(*job);
  }
  scan.stop();
  found.complete = scan.coverage().complete && !job->stopped;
  if (!job->stopped)
    for (const auto& reason : scan.coverage().reasons) job->say(reason);
  co_return found;
}

}  // namespace

asio::awaitable<Result<FoundContainers>> containers_of(std::shared_ptr<Job> job, std::string tag) {
  FoundContainers found;
  for (auto& key : job->naming.containers_of(tag)) {
    auto name = job->naming.name_of(key);
    if (name) found.containers.push_back({std::move(key), std::move(*name)});
  }
  if (!found.containers.empty()) co_return found;
  auto searched = co_await search(job, std::move(tag));
  if (!searched) co_return fail(std::move(searched).error());
  auto& all = searched->containers;
  // A scan can bring a key twice.
  const auto by_key = [](const TagContainer& a, const TagContainer& b) { return a.key < b.key; };
  std::sort(all.begin(), all.end(), by_key);
  const auto same = [](const TagContainer& a, const TagContainer& b) { return a.key == b.key; };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  co_return std::move(*searched);
}

asio::awaitable<Result<redis::Reply>> ask(std::shared_ptr<Job> job, std::string container,
                                          redis::Args words) {
  auto reply = co_await job->servers->send_to_owner(container, std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  if (const auto* error = reply->error()) {
    const auto shown = printable(job->ledger.shown(container));
    if (error->code() == "WRONGTYPE") {
      co_return fail(ErrorKind::server,
                     fmt::format("'{}' is not a {}", shown, to_string(job->naming.layout().type)),
                     "its key is there, but of another type: see `redis-cli TYPE`");
    }
    co_return fail(ErrorKind::server, fmt::format("'{}': {}", shown, redis::own_words(*error)));
  }
  co_return reply;
}

asio::awaitable<Result<redis::MemberPage>> page_of(std::shared_ptr<Job> job, std::string container,
                                                   std::uint64_t cursor) {
  const auto type = job->naming.layout().type;
  auto words = redis::scan_words(type, container, cursor, job->pace->count());
  auto reply = co_await ask(job, std::move(container), std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  co_return redis::parse_member_page(type, std::move(*reply));
}

asio::awaitable<Result<std::int64_t>> members_in(std::shared_ptr<Job> job, std::string container) {
  const auto command = redis::count_command(job->naming.layout().type);
  redis::Args words{std::string(command), container};
  auto reply = co_await ask(job, container, std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  const auto* count = reply->get<std::int64_t>();
  if (count == nullptr)
    co_return fail(ErrorKind::protocol, fmt::format("{} answered with no number", command));
  co_return *count;
}

}  // namespace rcache::invalidate
