#pragma once

#include <string>
#include <unordered_set>

namespace rcache::redis {

/// The border of two lanes. The left one's last batch runs over it, so both see what stands right
/// behind it: whoever comes second leaves out what the first has handed out.
class Seam {
 public:
  /// False when the other side has handed it out.
  bool first_time(const std::string& name) { return seen_.insert(name).second; }

 private:
  std::unordered_set<std::string> seen_;
};

}  // namespace rcache::redis
