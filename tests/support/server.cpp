#include "support/server.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <mutex>
#include <set>
#include <utility>

#include "support/deadline.h"
#include "support/failure.h"
#include "support/file_handle.h"
#include "support/sockets.h"

namespace rcache::test {
namespace {

std::string server_folder() {
  if (const char* folder = std::getenv("RCACHE_TEST_SERVERS")) return folder;
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0') {
    return std::string(cache) + "/rcache-test-servers";
  }
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : "/root") + "/.cache/rcache-test-servers";
}

std::string required_server() {
  const auto found = find_server("redis");
  if (!found) throw Failure("there is no redis-server: apt-get install redis-server");
  return *found;
}

}  // namespace

std::optional<std::string> find_server(const std::string& name) {
  const std::string program = name + "-server";
  if (std::string found = find_in_path(program); !found.empty()) return found;
  const std::string fetched = server_folder() + "/" + program;
  if (::access(fetched.c_str(), X_OK) == 0) return fetched;
  return std::nullopt;
}

int free_port() {
  static std::mutex mutex;
  static std::set<int> given;
  const std::lock_guard lock(mutex);
  for (;;) {
    const int port = port_of(listen_on(""));
    if (given.insert(port).second) return port;
  }
}

Server::Server(ServerOptions options) : options_(std::move(options)) {
  if (options_.binary.empty()) options_.binary = required_server();
  const bool needs_port = options_.listen != Listen::unix_socket;
  for (int attempt = 0; attempt < 20; ++attempt) {
    if (needs_port) port_ = free_port();
    if (options_.cluster) bus_port_ = free_port();
    if (start() == Start::up) return;
  }
  throw Failure(options_.binary + " found no free port in 20 attempts:\n" + log());
}

Server::~Server() = default;  // SIGKILL: it has nothing to save

std::vector<std::string> Server::command_line() const {
  const std::string port = std::to_string(port_);
  std::vector<std::string> line{options_.binary};
  if (!options_.sentinel_configuration.empty()) {
    line.push_back(folder_.file("sentinel.conf"));
    line.push_back("--sentinel");
    return line;
  }
  const auto add = [&line](std::initializer_list<std::string> words) {
    line.insert(line.end(), words);
  };
  add({"--dir", folder_.path(), "--unixsocket", socket_path(), "--unixsocketperm", "700"});
  add({"--save", "", "--appendonly", "no", "--daemonize", "no", "--bind", "127.0.0.1"});
  add({"--port", options_.listen == Listen::tcp ? port : "0"});
  if (options_.listen == Listen::tls) add({"--tls-port", port});
  if (!options_.password.empty()) add({"--requirepass", options_.password});
  if (options_.cluster) {
    add({"--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"});
    add({"--cluster-port", std::to_string(bus_port_)});
  }
  line.insert(line.end(), options_.arguments.begin(), options_.arguments.end());
  return line;
}

Server::Start Server::start() {
  if (!options_.sentinel_configuration.empty() &&
      read_file(folder_.file("sentinel.conf")).empty()) {
    folder_.write("sentinel.conf", "port " + std::to_string(port_) +
                                       "\nbind 127.0.0.1\nunixsocket " + socket_path() + "\ndir " +
                                       folder_.path() + "\n" + options_.sentinel_configuration);
  }
  client_.reset();
  ::unlink(socket_path().c_str());
  const FileHandle log_file(
      ::open(folder_.file("log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  const FileHandle nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const ChildSetup setup{.argv = command_line(),
                         .environment = minimal_environment(),
                         .directory = folder_.path(),
                         .in = nothing.get(),
                         .out = log_file.get(),
                         .err = log_file.get()};
  child_.emplace(setup);
  const Deadline deadline(k_patience);
  while (!answers()) {
    if (!child_->running()) {
      child_->reap(k_patience);
      if (log().find("in use") != std::string::npos) return Start::port_taken;
      throw Failure(options_.binary + " ended at its start:\n" + log());
    }
    if (deadline.passed()) throw Failure(options_.binary + " does not answer:\n" + log());
    ::usleep(2000);  // between two questions
  }
  return Start::up;
}

/// Whether it is there. Any answer will do: an error reply (LOADING, NOAUTH, MASTERDOWN) is one.
bool Server::answers() {
  if (::access(socket_path().c_str(), F_OK) != 0) return false;
  try {
    RawClient probe(socket_path(), std::chrono::seconds{5});
    probe.try_command({"PING"});
    return true;
  } catch (const Failure&) {
    return false;
  }
}

void Server::stop() {
  client_.reset();
  if (!child_) return;
  child_->signal(SIGCONT);
  child_->signal(SIGTERM);
  child_->reap(std::chrono::seconds{2});
  child_.reset();  // SIGKILL if that was not enough
}

std::string Server::address() const {
  return port_ == 0 ? socket_path() : "127.0.0.1:" + std::to_string(port_);
}

std::string Server::url() const {
  if (port_ == 0) return "unix://" + socket_path();
  if (options_.listen == Listen::tls) return "rediss://localhost:" + std::to_string(port_);
  return "redis://" + address();
}

RawClient& Server::client() {
  if (!client_) {
    client_.emplace(socket_path());
    if (!options_.password.empty()) client_->command({"AUTH", options_.password});
  }
  return *client_;
}

Value Server::command(const Words& words) {
  Value value = try_command(words);
  if (value.is_error()) {
    throw Failure(address() + " answered '" + (words.empty() ? "" : words[0]) +
                  "' with: " + value.text);
  }
  return value;
}

Value Server::try_command(const Words& words) {
  return pipeline({words}).front();
}

std::vector<Value> Server::pipeline(const std::vector<Words>& commands) {
  if (client_ && client_->closed()) client_.reset();  // by CLIENT KILL, or as a failover does
  try {
    return client().pipeline(commands);
  } catch (const Failure&) {
    client_.reset();  // so that the next command begins on a new connection
    throw;
  }
}

std::string Server::info(std::string_view field) {
  // A Sentinel that reconfigures a server closes its connections, ours among them.
  const bool kept = client_.has_value();
  try {
    return info_field(command({"INFO", "everything"}).text, field);
  } catch (const Failure&) {
    if (!kept || !running()) throw;
  }
  return info_field(command({"INFO", "everything"}).text, field);
}

void Server::pause() {
  child_->signal(SIGSTOP);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid()), &info, WSTOPPED | WEXITED | WNOWAIT);
}

void Server::resume() {
  child_->signal(SIGCONT);
}

void Server::kill() {
  client_.reset();
  child_->signal(SIGKILL);
  if (!child_->reap(k_patience)) throw Failure(options_.binary + " does not end");
}

void Server::restart() {
  stop();
  const Deadline deadline(k_patience);
  while (start() != Start::up) {
    if (deadline.passed()) throw Failure("port " + std::to_string(port_) + " was taken:\n" + log());
  }
}

}  // namespace rcache::test
