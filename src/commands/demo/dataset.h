#pragma once

#include <cstddef>
#include <vector>

#include "commands/demo/chunk.h"
#include "commands/demo/plan.h"

namespace rcache::demo {

/// A believable cache as the commands that build it, and the traffic it has seen.
///
/// The same plan gives the same commands, byte for byte. What lives longest comes first, so that a
/// slow fill does not outlast the keys of a few seconds.
class Dataset {
 public:
  explicit Dataset(Plan plan);

  const Plan& plan() const { return plan_; }

  /// Out: the next few hundred commands, in the order in which they must be sent; none at the end.
  /// Only a
  ///      large tag makes a chunk longer: all of its members are in one.
  Chunk next();

  /// Items handed out so far, of `size()` in all: for a progress line.
  std::size_t done() const { return done_; }
  std::size_t size() const { return size_; }

 private:
  /// `count` items, each written by `write`.
  struct Part {
    std::size_t count;
    void (*write)(const Plan& plan, std::size_t index, Chunk& chunk);
  };

  Plan plan_;
  std::vector<Part> parts_;
  std::size_t part_ = 0;
  std::size_t index_ = 0;  ///< of the next item in the part
  std::size_t done_ = 0;
  std::size_t size_ = 0;
};

}  // namespace rcache::demo
