#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redis/asio.h"
#include "redis/deployment.h"
#include "redis/key_lives.h"
#include "redis/members.h"

namespace rcache::redis {

/// How many full pages all walks together hold in memory. Small containers, which are one page, are
/// not counted.
class PageBudget {
 public:
  explicit PageBudget(const asio::any_io_executor& executor, std::size_t pages = 16)
      : left_(pages), returned_(executor) {}

  /// Waits for room for one page. Only for who holds none: who waits while holding some would wait
  /// for himself.
  asio::awaitable<void> take() {
    while (left_ == 0) co_await returned_.wait();
    --left_;
  }
  bool try_take() {
    if (left_ == 0) return false;
    --left_;
    return true;
  }
  void give_back() {
    ++left_;
    returned_.notify();
  }

 private:
  std::size_t left_;
  Signal returned_;
};

/// How to read the members of one container.
struct MemberWalkOptions {
  ContainerType type = ContainerType::set;
  std::uint32_t count = 1000;               ///< members a page looks at: about half a millisecond
  std::shared_ptr<PageBudget> budget = {};  ///< shared by walks side by side; empty: its own
  /// To the container's server. Far away a large container is read at several places at once, as
  /// lanes.h has it for keys; 0 is near.
  std::chrono::microseconds round_trip{0};
};

/// How a walk ended, and what it saw besides the members.
struct MemberWalk {
  enum class End {
    whole,       ///< every member that was there all the time has been seen
    gone,        ///< there is no such container (any more)
    wrong_type,  ///< the key is there, but of another type
    stopped,     ///< the visitor wanted no more
    failed       ///< see `error`
  } end = End::whole;
  KeyLife life;                ///< of the container, when the walk began
  std::optional<Error> error;  ///< server: refused; connect: lost, or on the move; interrupted
  std::uint64_t lookups = 0;   ///< that servers count as hits or misses of ours
};

/// Takes members as they come, and the container's life as it was when the walk began.
/// Out:     false when no more are wanted.
using MemberVisitor = std::function<asio::awaitable<bool>(KeyLife, std::vector<Member>)>;

/// Reads a container from its first to its last cursor, on one connection to the node that has it,
/// and shows its pages to `visit`: each while the next is under way. A small container is one page.
///
/// A walk that is cut off (a lost connection, a slot that moves away) is not begun anew: what was
/// shown cannot be taken back. Only the first page is asked for again where the owner has changed.
///
/// Cost:    one PTTL, and one SSCAN (ZSCAN, HSCAN) for each `count` members; for a container of
/// more
///          than a page one SCARD (ZCARD, HLEN).
/// Source:  https://redis.io/docs/latest/commands/scan/ (guarantees; small sets come whole)
asio::awaitable<MemberWalk> walk_members(std::shared_ptr<Deployment> servers, std::string container,
                                         MemberWalkOptions options, MemberVisitor visit);

/// The round trip to the nearest of the nodes. Cost: one PING to each.
asio::awaitable<std::chrono::microseconds> measure_round_trip(std::shared_ptr<Deployment> servers);

}  // namespace rcache::redis
