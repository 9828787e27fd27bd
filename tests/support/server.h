#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/child.h"
#include "support/raw_client.h"
#include "support/temp_dir.h"

namespace rcache::test {

/// Where a server listens, besides the unix socket in its own folder that every one has.
enum class Listen { unix_socket, tcp, tls };

struct ServerOptions {
  std::string binary = {};  ///< empty: find_server("redis")
  Listen listen = Listen::unix_socket;
  /// More of the command line, such as {"--maxmemory", "10mb"}; it wins over what is set here.
  std::vector<std::string> arguments = {};
  std::string password = {};  ///< sets requirepass; command() logs in with it
  bool cluster = false;       ///< a cluster node, its bus on a free port
  /// Not empty: runs as a Sentinel with these lines as its configuration file.
  std::string sentinel_configuration = {};
};

/// The server binary for "redis" or "valkey": `<name>-server` in PATH, else in the folder that
/// scripts/fetch-servers fills (RCACHE_TEST_SERVERS, or rcache-test-servers in the user's cache).
std::optional<std::string> find_server(const std::string& name);

/// A port of 127.0.0.1 that was free a moment ago, never the same twice in one test program.
int free_port();

/// A server of our own: no persistence, listening on 127.0.0.1 or on nothing but a socket, in a
/// folder of its own. It ends with this object, and with the test program (see Child about
/// threads).
class Server {
 public:
  /// Starts it and waits until it answers.
  ///
  /// Errors:  Failure with its log, when there is no such server or it does not come up.
  explicit Server(ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] int port() const { return port_; }          ///< TCP or TLS port; 0 if there is none
  [[nodiscard]] int bus_port() const { return bus_port_; }  ///< of a cluster node
  [[nodiscard]] std::string socket_path() const { return folder_.file("s"); }
  [[nodiscard]] const std::string& directory() const { return folder_.path(); }
  [[nodiscard]] pid_t pid() const { return child_->pid(); }

  /// "127.0.0.1:PORT", or the path of the socket when it listens on nothing else.
  [[nodiscard]] std::string address() const;

  /// The same as a URL: redis://127.0.0.1:PORT, rediss://localhost:PORT or unix:///PATH. No
  /// password.
  [[nodiscard]] std::string url() const;

  /// Sends one command over the unix socket, on a connection that is kept (and renewed after
  /// a restart).
  ///
  /// Errors:  Failure with the words of an error reply, or when no reply comes.
  Value command(const Words& words);
  Value try_command(const Words& words);  ///< an error reply is a value
  std::vector<Value> pipeline(const std::vector<Words>& commands);

  /// A field of INFO everything, or empty. Asks again if the kept connection was closed meanwhile.
  std::string info(std::string_view field);

  void pause();   ///< SIGSTOP; returns when it has stopped
  void resume();  ///< SIGCONT
  void kill();    ///< SIGKILL; returns when it is gone
  [[nodiscard]] bool running() { return child_ && child_->running(); }

  /// Ends it if it runs and starts it again: same ports, same socket, same folder.
  void restart();

  [[nodiscard]] std::string log() const { return read_file(folder_.file("log")); }

 private:
  enum class Start { up, port_taken };
  Start start();
  void stop();
  [[nodiscard]] std::vector<std::string> command_line() const;
  bool answers();
  RawClient& client();

  ServerOptions options_;
  TempDir folder_;
  int port_ = 0;
  int bus_port_ = 0;
  std::optional<Child> child_;
  std::optional<RawClient> client_;
};

}  // namespace rcache::test
