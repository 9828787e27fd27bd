#pragma once

#include <string>

namespace rcache::bench {

/// ioredis as npm installed it into rcache-bench in the user's cache folder.
struct Ioredis {
  std::string folder;
  std::string version;  ///< "ioredis 5.4.1 on node v20.1.0"
  std::string missing;  ///< why there is none; empty when there is
};

/// Installs it at the first call, unless an earlier run did.
const Ioredis& ioredis();

}  // namespace rcache::bench
