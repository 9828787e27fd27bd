#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "redis/batch_queue.h"
#include "redis/deployment.h"
#include "redis/node_view.h"

namespace rcache::redis {

/// How to walk the keyspace.
struct ScanOptions {
  std::string match = {};      ///< a glob, matched by the server; empty: every key
  std::string type = {};       ///< as TYPE names it; empty: every type
  std::uint32_t count = 1000;  ///< buckets a call looks at: about 0.5 ms of server time
  std::size_t lanes = 1;  ///< independent cursors per node, where the server is known to allow it
  int max_passes = 5;     ///< how often parts that changed hands are walked again
  std::chrono::milliseconds patience{
      10000};  ///< how long to wait for a part that nobody serves now
};

/// One walk over the keys of one node: what is wanted of it, what it saw, and what it can prove.
struct NodeWalk {
  Node node;
  Mode mode = Mode::standalone;
  NodeView before;             ///< the node's own word at the start
  SlotSet wanted;              ///< of a cluster: keys of other slots are not handed out
  SlotSet steady;              ///< served and unmarked at every look so far
  bool same_process = true;    ///< at every look so far
  bool unknown_order = false;  ///< the cursors did not come in the order that lanes rely on
  std::string failure;         ///< why it did not reach its end; empty when it did
  std::uint64_t batches = 0;
  std::uint64_t keys = 0;
  std::uint64_t foreign_keys = 0;  ///< of slots that the node does not serve

  std::size_t lanes_left = 0;
  std::optional<asio::steady_timer> next_look;  ///< cancelled when the last lane has ended
};

/// The first look at the node, which the walk's proof is measured against.
/// Out:     false, and `failure`, when the node does not answer.
/// Cost:    that of ask_view().
asio::awaitable<bool> begin_walk(std::shared_ptr<NodeWalk> walk);

/// Walks all lanes from their first to their last cursor and looks at the node once a second and at
/// the end.
///
/// Out:     false, and `failure`, when it did not get through; with an error that another try
/// cannot mend
///          (NOPERM, Ctrl-C) the queue is failed.
/// Cost:    one SCAN per `count` keys; per second one ask_view().
asio::awaitable<bool> finish_walk(std::shared_ptr<NodeWalk> walk, ScanOptions options,
                                  std::shared_ptr<BatchQueue> queue);

}  // namespace rcache::redis
