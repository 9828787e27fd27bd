#include "commands/demo/private_server.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <optional>

#include "commands/demo/posix.h"
#include "commands/demo/program.h"
#include "core/key.h"

namespace rcache::demo {
namespace {

constexpr std::string_view k_socket_name = "/redis.sock";
constexpr std::string_view k_log_name = "/server.log";

Result<std::string> find_server(const std::string& wanted) {
  if (!wanted.empty()) {
    if (const auto file = find_program(wanted)) {
      if (::access(file->c_str(), X_OK) == 0) return *file;
      return fail(ErrorKind::usage, fmt::format("--server: cannot run '{}': {}", printable(wanted),
                                                system_message(errno)));
    }
    return fail(ErrorKind::usage,
                fmt::format("--server: there is no program '{}' on PATH", printable(wanted)));
  }
  for (const char* name : {"redis-server", "valkey-server"}) {
    if (const auto file = find_program(name)) return *file;
  }
  return fail(ErrorKind::connect,
              "the demo needs redis-server or valkey-server, and neither is on PATH",
              "apt-get install redis-server, or name the program with --server");
}

constexpr std::size_t k_most_words_bytes = 400;

/// The last lines of a log, on one line.
std::string last_words(const std::string& log) {
  std::ifstream file(log, std::ios::binary);
  std::deque<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (line.find_first_not_of(" \r\t") != std::string::npos) lines.push_back(line);
    if (lines.size() > 3) lines.pop_front();
  }
  std::string words;
  for (const std::string& line : lines) words += (words.empty() ? "" : "; ") + line;
  return printable(words, k_most_words_bytes);
}

std::string how_it_ended(const Janitor::State& state) {
  if (state.exec_error_number)
    return fmt::format("cannot be run: {}", system_message(*state.exec_error_number));
  const int status = *state.wait_status;
  if (WIFSIGNALED(status)) return fmt::format("was ended by signal {}", WTERMSIG(status));
  return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

/// In: name, the program's own: on Debian one file is server, checker and sentinel, and looks at
/// how it is called.
std::vector<std::string> arguments(std::string name, const std::string& folder,
                                   const ServerOptions& options) {
  const std::pair<const char*, std::string> settings[] = {
      {"--port", "0"},
      {"--unixsocket", folder + std::string(k_socket_name)},
      {"--unixsocketperm", "700"},
      {"--dir", folder},
      {"--daemonize", "no"},
      {"--save", ""},
      {"--appendonly", "no"},
      {"--maxmemory", std::to_string(options.max_memory_bytes)},
      {"--maxmemory-policy", "allkeys-lru"},
      {"--slowlog-log-slower-than",
       "2000"},  // microseconds: the KEYS of the demo's traffic is to be found there
  };
  std::vector<std::string> words{std::move(name)};
  for (const auto& [option, value] : settings) words.insert(words.end(), {option, value});
  words.insert(words.end(), options.more_arguments.begin(), options.more_arguments.end());
  return words;
}

bool accepts_connections(const std::string& socket_path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return ::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) ==
         0;
}

}  // namespace

Result<PrivateServer> PrivateServer::start(const ServerOptions& options) {
  auto program = find_server(options.program);
  if (!program) return fail(std::move(program).error());
  auto folder = PrivateFolder::make();
  if (!folder) return fail(std::move(folder).error());

  Job job;
  job.program = std::filesystem::absolute(*program).string();  // the janitor leaves this folder
  job.folder = folder->path();
  job.log = folder->path() + std::string(k_log_name);
  job.arguments = arguments(std::filesystem::path(*program).filename(), folder->path(), options);
  // Redis 7 does not start in a locale that the system does not have.
  job.environment = changed_environment(
      {"RCACHE_PASSWORD", "REDISCLI_AUTH", "VALKEYCLI_AUTH", "RCACHE_URL", "REDIS_URL"},
      {{"LC_ALL", "C"}});
  auto janitor = Janitor::start(job);
  if (!janitor) return fail(std::move(janitor).error());
  return PrivateServer(std::move(*folder), std::move(*janitor), std::move(*program));
}

PrivateServer::PrivateServer(PrivateFolder folder, Janitor janitor, std::string program)
    : folder_(std::move(folder)),
      janitor_(std::move(janitor)),
      program_(std::move(program)),
      socket_path_(folder_.path() + std::string(k_socket_name)) {}

Result<void> PrivateServer::is_alive() {
  const Janitor::State& state = janitor_.look();
  if (state.is_running()) return {};
  std::string message = fmt::format("the private server {} {}", program_, how_it_ended(state));
  // Killed, it had no time to say why: the end of the log is about something else.
  const bool has_said_why = state.wait_status && WIFEXITED(*state.wait_status);
  const std::string words =
      has_said_why ? last_words(folder_.path() + std::string(k_log_name)) : "";
  if (!words.empty()) message += ": " + words;
  return fail(ErrorKind::connect, std::move(message));
}

Result<bool> PrivateServer::is_ready() {
  if (auto alive = is_alive(); !alive) return fail(std::move(alive).error());
  return janitor_.look().program != 0 && accepts_connections(socket_path_);
}

std::string PrivateServer::url() const {
  static constexpr std::string_view k_plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string url = "unix://";
  for (const char letter : socket_path_) {
    if (k_plain.find(letter) != std::string_view::npos) {
      url += letter;
    } else {
      url += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
  }
  return url;
}

}  // namespace rcache::demo
