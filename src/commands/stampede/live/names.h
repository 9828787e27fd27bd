#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stampede/strategy.h"

namespace rcache::stampede::live {

/// The keys of one run: "rcache:stampede:{RUN}:0:lock". The braces are a hash tag, so that in a
/// cluster all of them are in one slot: a script with two keys works there, and one node serves it
/// all.
class Names {
 public:
  /// In: a word that no other run has.
  explicit Names(std::string_view run);

  const std::string& prefix() const { return prefix_; }
  /// Says that the prefix is in use, as long as the run lasts.
  std::string marker() const { return prefix_ + "run"; }
  std::string value(std::uint32_t key) const;
  std::string meta(std::uint32_t key) const;  ///< xfetch-nodelta: when the value expires
  /// The lock for a key; for `lease` the token of who may load it.
  std::string lock(std::uint32_t key) const;

  /// Every key that a run of this strategy can write, but for the marker.
  std::vector<std::string> all(Strategy strategy, std::uint32_t keys) const;

 private:
  std::string prefix_;
};

/// 16 hexadecimal digits.
std::string run_word(std::uint64_t random);

}  // namespace rcache::stampede::live
