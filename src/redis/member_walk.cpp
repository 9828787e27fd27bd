#include "redis/member_walk.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/key.h"
#include "redis/asio.h"
#include "redis/lanes.h"
#include "redis/refusal.h"
#include "redis/seam.h"
#include "redis/slot.h"

namespace rcache::redis {
namespace {

using std::chrono::steady_clock;

/// Small enough for many containers side by side, large enough to hold most of them whole.
constexpr std::uint32_t k_first_page = 500;
constexpr std::size_t k_most_lanes = 16;

/// What the lanes of one walk share.
struct Walk {
  std::string container;
  MemberWalkOptions options;
  MemberVisitor visit;
  Node node;
  MemberWalk result;
  bool over = false;

  void fail_with(Error error) {
    if (over) return;
    over = true;
    result.end = MemberWalk::End::failed;
    result.error = std::move(error);
  }
};

/// A lane and its two borders; the outermost have none.
struct LaneTask {
  Lane lane;
  std::uint64_t cursor = 0;
  std::shared_ptr<Seam> left;
  std::shared_ptr<Seam> right;
};

Error refused_error(const Walk& walk, const ServerError& error) {
  const auto code = error.code();
  auto kind = ErrorKind::server;
  if (code == "MOVED" || code == "ASK" || code == "CLUSTERDOWN" || code == "TRYAGAIN")
    kind = ErrorKind::connect;
  if (code == "NOPERM" || code == "NOAUTH") kind = ErrorKind::server;
  return {kind, fmt::format("'{}': {}", printable(walk.container, 256), own_words(error))};
}

/// Reads a page out of a reply, or ends the walk.
std::optional<MemberPage> take_page(Walk& walk, Reply reply) {
  if (const auto* error = reply.error()) {
    if (error->code() == "WRONGTYPE") {
      ++walk.result.lookups;
      walk.over = true;
      walk.result.end = MemberWalk::End::wrong_type;
    } else {
      walk.fail_with(refused_error(walk, *error));
    }
    return std::nullopt;
  }
  ++walk.result.lookups;
  auto page = parse_member_page(walk.options.type, std::move(reply));
  if (!page) {
    walk.fail_with(std::move(page).error());
    return std::nullopt;
  }
  return std::move(*page);
}

asio::awaitable<std::optional<MemberPage>> read_page(std::shared_ptr<Walk> walk,
                                                     std::uint64_t cursor) {
  auto reply = co_await walk->node.client->send(
      scan_words(walk->options.type, walk->container, cursor, walk->options.count));
  if (walk->over) co_return std::nullopt;
  if (!reply) {
    walk->fail_with(std::move(reply).error());
    co_return std::nullopt;
  }
  co_return take_page(*walk, std::move(*reply));
}

/// A page that is under way while another one is worked on.
struct Ahead {
  explicit Ahead(const asio::any_io_executor& executor) : came(executor) {}
  Signal came;
  bool done = false;
  std::optional<MemberPage> page;
};

asio::awaitable<void> read_ahead(std::shared_ptr<Walk> walk, std::uint64_t cursor,
                                 std::shared_ptr<Ahead> ahead) {
  ahead->page = co_await read_page(walk, cursor);
  ahead->done = true;
  ahead->came.notify();
}

asio::awaitable<void> show(std::shared_ptr<Walk> walk, std::vector<Member> members) {
  if (members.empty() || walk->over) co_return;
  const bool go_on = co_await walk->visit(walk->result.life, std::move(members));
  if (go_on || walk->over) co_return;
  walk->over = true;
  walk->result.end = MemberWalk::End::stopped;
}

void leave_out_seen(Seam& seam, std::vector<Member>& members) {
  std::erase_if(members, [&](const Member& member) { return !seam.first_time(member.name); });
}

/// What comes behind a page, read while the page is shown if there is room for two. Whoever has
/// room for the page has it for the next one afterwards. Empty at an end before its time.
asio::awaitable<std::optional<MemberPage>> show_and_read_on(std::shared_ptr<Walk> walk,
                                                            MemberPage page) {
  auto& budget = *walk->options.budget;
  const auto cursor = page.cursor;
  if (!budget.try_take()) {
    co_await show(walk, std::move(page.members));
    budget.give_back();
    co_await budget.take();
    if (walk->over) co_return std::nullopt;
    co_return co_await read_page(walk, cursor);
  }
  const auto executor = co_await asio::this_coro::executor;
  const auto ahead = std::make_shared<Ahead>(executor);
  asio::co_spawn(executor, read_ahead(walk, cursor, ahead), asio::detached);
  co_await show(walk, std::move(page.members));
  budget.give_back();
  while (!ahead->done) co_await ahead->came.wait();
  co_return std::move(ahead->page);
}

/// Out: true when the lane came to its end.
asio::awaitable<bool> follow_lane(std::shared_ptr<Walk> walk, LaneTask task) {
  // A neighbour's last page reaches at most one page into this lane; two allow for rehashing.
  int pages_at_left_seam = task.left ? 2 : 0;
  auto& budget = *walk->options.budget;
  co_await budget.take();
  auto page = co_await read_page(walk, task.cursor);
  bool finished = false;
  while (page && !walk->over && !finished) {
    finished = task.lane.finished_at(page->cursor);
    if (pages_at_left_seam > 0) {
      --pages_at_left_seam;
      leave_out_seen(*task.left, page->members);
    }
    if (finished && task.right) leave_out_seen(*task.right, page->members);
    if (finished) {
      co_await show(walk, std::move(page->members));
    } else {
      page = co_await show_and_read_on(walk, std::move(*page));
    }
  }
  budget.give_back();
  co_return finished;
}

asio::awaitable<std::size_t> lanes_worth_it(std::shared_ptr<Walk> walk) {
  if (!known_cursor_order(walk->node.identity)) co_return 1;
  Args words{std::string(count_command(walk->options.type)), walk->container};
  const auto reply = co_await walk->node.client->send(std::move(words));
  const auto* members = reply ? reply->get<std::int64_t>() : nullptr;
  if (members == nullptr) co_return 1;  // a user who may not ask has to wait
  ++walk->result.lookups;
  const auto lanes = lanes_for(walk->options.round_trip, static_cast<std::uint64_t>(*members),
                               walk->options.count);
  co_return std::min(lanes, k_most_lanes);
}

/// All of a container, the first page of which is there: the first lane goes on behind it.
asio::awaitable<void> follow_all(std::shared_ptr<Walk> walk, MemberPage first) {
  const auto cursor = first.cursor;
  co_await show(walk, std::move(first.members));
  if (cursor == 0 || walk->over) co_return;
  const auto count = co_await lanes_worth_it(walk);
  // Members lie in one hash table, whatever the order of the node's keys is.
  const auto lanes = cut_lanes(CursorOrder::reverse_binary, count, {});
  std::vector<asio::awaitable<bool>> tasks;
  std::shared_ptr<Seam> left;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    // The first page may have gone on into lanes further right.
    const auto start = i == 0 ? cursor : lanes[i].start;
    if (lanes[i].end && lanes[i].position(cursor) >= *lanes[i].end) continue;
    auto right = i + 1 < lanes.size() ? std::make_shared<Seam>() : nullptr;
    LaneTask task{lanes[i], start, left, right};
    if (lanes[i].position(start) < lanes[i].position(cursor)) task.cursor = cursor;
    tasks.push_back(follow_lane(walk, std::move(task)));
    left = std::move(right);
  }
  co_await gather(std::move(tasks));
}

/// The container's TTL and its first page, from whoever has it.
asio::awaitable<std::optional<MemberPage>> begin(std::shared_ptr<Walk> walk,
                                                 std::shared_ptr<Deployment> servers) {
  for (int attempt = 0;; ++attempt) {
    const auto* owner = owner_of(*servers, walk->container);
    if (owner == nullptr) {
      walk->fail_with({ErrorKind::connect, fmt::format("no reachable node serves '{}'",
                                                       printable(walk->container, 256))});
      co_return std::nullopt;
    }
    walk->node = *owner;
    Commands commands;
    commands.add({"PTTL", walk->container});
    commands.add(scan_words(walk->options.type, walk->container, 0,
                            std::min(walk->options.count, k_first_page)));
    const auto sent = steady_clock::now();
    auto replies = co_await walk->node.client->pipeline(std::move(commands));
    const auto received = steady_clock::now();
    if (!replies) {
      walk->fail_with(std::move(replies).error());
      co_return std::nullopt;
    }
    walk->result.life = life_of(replies->front(), sent, received);
    if (walk->result.life.state != KeyLife::State::unknown) ++walk->result.lookups;
    const auto* error = replies->back().error();
    const bool elsewhere = error != nullptr && (error->code() == "MOVED" || error->code() == "ASK");
    if (!elsewhere || attempt > 0) co_return take_page(*walk, std::move(replies->back()));
    if (auto refreshed = co_await servers->refresh(); !refreshed) {
      walk->fail_with(std::move(refreshed).error());
      co_return std::nullopt;
    }
  }
}

}  // namespace

asio::awaitable<MemberWalk> walk_members(std::shared_ptr<Deployment> servers, std::string container,
                                         MemberWalkOptions options, MemberVisitor visit) {
  const auto walk = std::make_shared<Walk>();
  walk->container = std::move(container);
  walk->options = options;
  walk->visit = std::move(visit);
  if (!walk->options.budget)
    walk->options.budget = std::make_shared<PageBudget>(co_await asio::this_coro::executor);
  auto first = co_await begin(walk, std::move(servers));
  if (first && walk->result.life.state == KeyLife::State::gone) {
    walk->result.end = MemberWalk::End::gone;
  } else if (first) {
    co_await follow_all(walk, std::move(*first));
  }
  co_return std::move(walk->result);
}

asio::awaitable<std::chrono::microseconds> measure_round_trip(std::shared_ptr<Deployment> servers) {
  std::chrono::microseconds least{0};
  for (const auto& node : std::vector<Node>(servers->nodes())) {
    const auto sent = steady_clock::now();
    Args words{"PING"};
    const auto reply = co_await node.client->send(std::move(words));
    if (!reply) continue;
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - sent);
    least = least.count() == 0 ? took : std::min(least, took);
  }
  co_return least;
}

}  // namespace rcache::redis
