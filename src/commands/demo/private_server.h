#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "commands/demo/janitor.h"
#include "commands/demo/private_folder.h"
#include "core/error.h"

namespace rcache::demo {

struct ServerOptions {
  std::string program = {};  ///< a file or a name; empty: redis-server, else valkey-server, on PATH
  std::uint64_t max_memory_bytes = std::uint64_t{256} << 20;
  std::vector<std::string> more_arguments =
      {};  ///< as for redis-server: {"--enable-debug-command", "yes"}
};

/// A throwaway server that only this user can reach: a unix socket in a folder with mode 0700, no
/// TCP port, nothing saved. Gone, with the folder, when this object or this process is: see
/// Janitor.
class PrivateServer {
 public:
  /// Starts it and does not wait: ask `is_ready`.
  ///
  /// Errors:  usage, when `program` is not a program; connect, when there is no server to start
  /// (the hint
  ///          names the package) or no folder or process can be had.
  static Result<PrivateServer> start(const ServerOptions& options);

  /// Whether it accepts connections by now; never waits.
  ///
  /// Errors:  connect, once it has ended, with the last words of its log.
  /// Cost:    one connection, closed at once.
  Result<bool> is_ready();

  /// Errors: connect, once it has ended, with the last words of its log. Sends nothing.
  Result<void> is_alive();

  const std::string& socket_path() const { return socket_path_; }
  /// "unix:///run/user/1000/rcache-demo-Xa81bd/redis.sock", percent-encoded where a URL needs it.
  std::string url() const;
  const std::string& folder() const { return folder_.path(); }
  /// 0 as long as it is not known; it is when `is_ready` was true.
  pid_t process_id() { return janitor_.look().program; }

 private:
  PrivateServer(PrivateFolder folder, Janitor janitor, std::string program);

  PrivateFolder folder_;  // after the janitor's end: it clears away what the janitor could not
  Janitor janitor_;
  std::string program_;
  std::string socket_path_;
};

}  // namespace rcache::demo
