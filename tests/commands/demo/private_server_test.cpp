#include "commands/demo/private_server.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

#include "commands/demo/dataset.h"
#include "support/deadline.h"
#include "support/raw_client.h"
#include "support/skip.h"
#include "support/temp_dir.h"

namespace rcache::demo {
namespace {

constexpr std::int64_t k_day_ms = 86'400'000;

std::optional<PrivateServer> start(ServerOptions options = {}) {
  auto server = PrivateServer::start(options);
  REQUIRE_MESSAGE(server, server.error().message);
  test::wait_until("the server's readiness", [&] {
    const auto ready = server->is_ready();
    REQUIRE_MESSAGE(ready, ready.error().message);
    return *ready;
  });
  return std::move(*server);
}

bool is_gone(pid_t process) {
  return ::kill(process, 0) != 0 && errno == ESRCH;
}

/// Starts and waits until it fails. Out: the failure.
Error failure_of(const ServerOptions& options) {
  auto server = PrivateServer::start(options);
  if (!server) return server.error();
  std::optional<Error> error;
  test::wait_until("the server's failure", [&] {
    const auto ready = server->is_ready();
    if (!ready) error = ready.error();
    return error.has_value();
  });
  return *error;
}

/// Sends a whole data set.
void fill(test::RawClient& client, const Plan& plan) {
  Dataset dataset(plan);
  for (Chunk chunk = dataset.next(); !chunk.commands.empty(); chunk = dataset.next()) {
    for (const auto& reply : client.pipeline(chunk.commands)) REQUIRE_FALSE(reply.is_error());
  }
}

std::int64_t time_of(test::RawClient& client) {
  const auto time = client.command({"TIME"});
  return std::stoll(time[0].text) * 1'000 + std::stoll(time[1].text) / 1'000;
}

}  // namespace

TEST_CASE("private server: only its user can reach it, over a socket and nothing else") {
  RCACHE_NEED_SERVER("redis");
  auto server = start();
  struct stat folder = {};
  REQUIRE(::stat(server->folder().c_str(), &folder) == 0);
  CHECK((folder.st_mode & 07777) == 0700);
  CHECK(folder.st_uid == ::geteuid());

  test::RawClient client(server->socket_path());
  CHECK(client.command({"PING"}).text == "PONG");
  CHECK(client.command({"CONFIG", "GET", "port"})[1].text == "0");
  CHECK(client.command({"CONFIG", "GET", "save"})[1].text.empty());
  CHECK(client.command({"CONFIG", "GET", "maxmemory"})[1].text == "268435456");
  CHECK(client.command({"CONFIG", "GET", "maxmemory-policy"})[1].text == "allkeys-lru");
  CHECK(server->url() == "unix://" + server->socket_path());

  // No TCP listener under any name: all that it has open is its socket, its log and its own pipes.
  std::size_t sockets = 0;
  const std::string open_files = "/proc/" + std::to_string(server->process_id()) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator(open_files)) {
    sockets += std::filesystem::read_symlink(entry.path()).string().starts_with("socket:");
  }
  CHECK(sockets == 2);  // the listener and our connection
}

TEST_CASE("private server: is gone with its object, and its folder with whatever is in it") {
  RCACHE_NEED_SERVER("redis");
  pid_t process = 0;
  std::string folder;
  {
    auto server = start();
    process = server->process_id();
    folder = server->folder();
    test::RawClient(server->socket_path()).command({"SAVE"});
    std::filesystem::create_directory(folder + "/something");
    std::ofstream(folder + "/something/else") << "x";
    REQUIRE_FALSE(is_gone(process));
  }
  CHECK(is_gone(process));
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("private server: is gone when its owner is killed with kill -9") {
  RCACHE_NEED_SERVER("redis");
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t owner = ::fork();
  if (owner == 0) {
    auto server = start();
    const std::string line = std::to_string(server->process_id()) + " " + server->folder() + "\n";
    [[maybe_unused]] const auto written = ::write(ends[1], line.data(), line.size());
    for (;;) ::pause();
  }
  ::close(ends[1]);
  std::string line;
  for (char letter = 0; ::read(ends[0], &letter, 1) == 1 && letter != '\n';) line += letter;
  ::close(ends[0]);
  const pid_t process = std::stoi(line);
  const std::string folder = line.substr(line.find(' ') + 1);
  REQUIRE_FALSE(is_gone(process));
  REQUIRE(std::filesystem::exists(folder));

  ::kill(owner, SIGKILL);
  REQUIRE(::waitpid(owner, nullptr, 0) == owner);
  test::wait_until("the end of the server", [&] { return is_gone(process); });
  test::wait_until("the end of its folder", [&] { return !std::filesystem::exists(folder); });
}

TEST_CASE("private server: that it was killed is an error that says so") {
  RCACHE_NEED_SERVER("redis");
  auto server = start();
  ::kill(server->process_id(), SIGKILL);
  test::wait_until("the news of it", [&] { return !server->is_alive(); });
  const auto alive = server->is_alive();
  CHECK(alive.error().kind == ErrorKind::connect);
  CHECK(alive.error().message.ends_with("redis-server was ended by signal 9"));
}

TEST_CASE("private server: one that ends at the start says why") {
  RCACHE_NEED_SERVER("redis");
  const Error error = failure_of({.more_arguments = {"--no-such-setting", "1"}});
  CHECK(error.kind == ErrorKind::connect);
  CAPTURE(error.message);
  CHECK(error.message.find("ended with exit code 1: ") != std::string::npos);
  CHECK(error.message.find("no-such-setting") != std::string::npos);
  CHECK(error.message.find('\n') == std::string::npos);
}

TEST_CASE("private server: a program that is none is an error before anything is started") {
  const Error missing = failure_of({.program = "no-such-server", .more_arguments = {}});
  CHECK(missing.kind == ErrorKind::usage);
  CHECK(missing.message == "--server: there is no program 'no-such-server' on PATH");
  const Error no_program = failure_of({.program = "/etc/passwd", .more_arguments = {}});
  CHECK(no_program.kind == ErrorKind::usage);
  CHECK(no_program.message == "--server: cannot run '/etc/passwd': Permission denied");
  const Error no_binary = failure_of({.program = "/bin/false", .more_arguments = {}});
  CHECK(no_binary.kind == ErrorKind::connect);
  CHECK(no_binary.message == "the private server /bin/false ended with exit code 1");
}

TEST_CASE("private server: without one on PATH the package is named") {
  const char* path = ::getenv("PATH");
  const std::string before = path ? path : "";
  ::setenv("PATH", "/nowhere", 1);
  const auto server = PrivateServer::start({});
  ::setenv("PATH", before.c_str(), 1);
  REQUIRE_FALSE(server);
  CHECK(server.error().kind == ErrorKind::connect);
  CHECK(server.error().message ==
        "the demo needs redis-server or valkey-server, and neither is on PATH");
  CHECK(server.error().hint.find("apt-get install redis-server") == 0);
}

TEST_CASE(
    "private server: the folder is in XDG_RUNTIME_DIR, and where that is too long for a socket in "
    "TMPDIR or /tmp") {
  RCACHE_NEED_SERVER("redis");
  const test::TempDir place;
  const std::string odd = place.file("a b%");
  std::filesystem::create_directory(odd);
  const std::string deep = place.file(std::string(90, 'd'));
  std::filesystem::create_directory(deep);

  ::setenv("XDG_RUNTIME_DIR", odd.c_str(), 1);
  {
    auto server = start();
    CHECK(server->folder().starts_with(odd + "/rcache-demo-"));
    CHECK(server->url().find("a%20b%25/rcache-demo-") != std::string::npos);
  }
  ::setenv("XDG_RUNTIME_DIR", deep.c_str(), 1);
  {
    auto server = start();
    CHECK_FALSE(server->folder().starts_with(deep));
  }
  ::unsetenv("XDG_RUNTIME_DIR");
  CHECK(std::filesystem::is_empty(odd));
  CHECK(std::filesystem::is_empty(deep));
}

TEST_CASE(
    "private server: two servers hold equal data after the same seed, as the server itself "
    "judges") {
  RCACHE_NEED_SERVER("redis");
  auto one = start({.more_arguments = {"--enable-debug-command", "yes"}});
  auto two = start({.more_arguments = {"--enable-debug-command", "yes"}});
  test::RawClient first(one->socket_path());
  test::RawClient second(two->socket_path());
  // The data set's beginning is a day ahead, so that no slow machine makes a TTL run out in
  // between: what is relative runs out even later, and the spent codes stay.
  const Plan plan = make_plan(5'000, 42, time_of(first) + k_day_ms);
  for (test::RawClient* client : {&first, &second}) fill(*client, plan);
  CHECK(first.command({"DEBUG", "DIGEST"}).text == second.command({"DEBUG", "DIGEST"}).text);
  CHECK(first.command({"DEBUG", "DIGEST"}).text != std::string(40, '0'));
  second.command({"SET", "one", "more"});
  CHECK(first.command({"DEBUG", "DIGEST"}).text != second.command({"DEBUG", "DIGEST"}).text);
}

TEST_CASE("private server: takes the whole data set, and the tour through it finds its story") {
  RCACHE_NEED_SERVER("redis");
  auto server = start();
  test::RawClient client(server->socket_path());
  const Plan plan = make_plan(2'000, 1, time_of(client));
  Dataset dataset(plan);
  for (Chunk chunk = dataset.next(); !chunk.commands.empty(); chunk = dataset.next()) {
    test::wait_until("the time of the chunk",
                     [&] { return time_of(client) >= chunk.not_before_ms; });
    for (const auto& reply : client.pipeline(chunk.commands))
      REQUIRE_FALSE_MESSAGE(reply.is_error(), reply.text);
  }
  const std::string info = client.command({"INFO"}).text;
  CHECK(test::info_field(info, "expired_keys") == std::to_string(plan.spent_codes));
  CHECK(test::info_field(info, "evicted_keys") == "0");
  CHECK(client.command({"DBSIZE"}).integer == 2'000);
  const auto group = client.command({"XINFO", "GROUPS", "events:contacts"})[0];
  CHECK(group[5].text.empty());
  CHECK(group[5].integer == 40);  // pending: 320 read, 280 acknowledged
}

}  // namespace rcache::demo
