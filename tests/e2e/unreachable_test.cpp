// Servers that are not there, do not answer, or do not want us: two lines on stderr, exit 3.
#include <unistd.h>

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "e2e/support.h"
#include "support/skip.h"
#include "support/sockets.h"

namespace rcache::test {
namespace {

const std::string k_host = "127.0.0.1";

/// Far more than any deadline that is asked for here, far less than a hang.
constexpr std::chrono::seconds k_in_time{20};

}  // namespace

TEST_CASE("no server: a refused connection names the address and what to do") {
  const auto port = std::to_string(free_port());
  check_refused(run_rcache({"stats", "-p", port}), 3,
                "rcache: cannot connect to 127.0.0.1:" + port + ": Connection refused\n");
  check_refused(run_rcache({"stats", "-u", "redis://127.0.0.1:" + port, "-o", "json"}), 3,
                "127.0.0.1:" + port);
  check_refused(run_rcache({"stats", "--watch", "-p", port}), 3, "127.0.0.1:" + port);
}

TEST_CASE("no server: a unix socket that is missing, or is no socket") {
  const TempDir folder;
  check_refused(run_rcache({"stats", "-s", folder.file("none")}), 3, "No such file or directory");
  check_refused(run_rcache({"stats", "-s", folder.write("plain", "x")}), 3, folder.file("plain"));
}

TEST_CASE("no server: a name that nobody knows") {
  const auto result = run_rcache({"stats", "-h", "no-such-host.invalid", "-t", "5"});
  check_refused(result, 3, "no-such-host.invalid");
  CHECK(result.wall_time < k_in_time);
}

TEST_CASE("a port that accepts and says nothing: an error within -t") {
  const auto silent = listen_on("");
  const auto port = std::to_string(port_of(silent));
  const auto result = run_rcache({"stats", "-p", port, "-t", "300ms"});
  check_refused(result, 3, "127.0.0.1:" + port + " did not answer within 300 ms");
  CHECK(result.wall_time < k_in_time);
}

TEST_CASE("a port that accepts and says nothing to TLS: an error within -t") {
  const auto silent = listen_on("");
  const auto port = std::to_string(port_of(silent));
  const auto result = run_rcache({"stats", "-p", port, "--tls", "-t", "300ms"});
  check_refused(result, 3, "127.0.0.1:" + port);
  CHECK(result.wall_time < k_in_time);
}

TEST_CASE("a stopped server: an error within -t, and with the default deadline") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.pause();
  const auto result = run_at(server, {"stats", "-t", "300ms"});
  check_refused(result, 3, "did not answer within 300 ms");
  CHECK(result.wall_time < k_in_time);
}

TEST_CASE("a server that is stopped in the middle of --window") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(rcache_with({"stats", "-u", server.url(), "--window", "1s", "-t", "300ms"}));
  wait_until("the connection", [&] {
    return contains(server.command({"CLIENT", "LIST"}).text, "name=rcache");
  });
  server.pause();
  check_refused(program.wait(), 3, "did not answer within 300 ms");
}

TEST_CASE("a server that answers something else than Redis") {
  const auto listener = listen_on("");
  Program program(rcache_with({"stats", "-p", std::to_string(port_of(listener))}));
  const auto peer = accept_from(listener, program);
  const std::string words = "HTTP/1.1 400 Bad Request\r\n\r\n";
  REQUIRE(::write(peer.get(), words.data(), words.size()) == static_cast<ssize_t>(words.size()));
  check_refused(program.wait(), 3, "is not a Redis server: it answered 'HTTP/1.1 400 Bad Request'");
}

TEST_CASE("a server that hangs up at once") {
  auto listener = listen_on("");
  Program program(rcache_with({"stats", "-p", std::to_string(port_of(listener))}));
  { const auto peer = accept_from(listener, program); }
  check_refused(program.wait(), 3, "closed the connection before it answered");
}

TEST_CASE("passwords: missing, wrong, not wanted") {
  RCACHE_NEED_SERVER("redis");
  Server locked({.password = "right"});
  Server open;
  check_refused(run_at(locked, {"stats"}), 3, "wants a password");
  check_refused(run_at(locked, {"stats", "-a", "wrong"}), 3, "WRONGPASS");
  check_refused(run_at(locked, {"stats", "-a", "right", "--user", "nobody"}), 3, "WRONGPASS");
  check_refused(run_at(open, {"stats", "-a", "right"}), 3, "refused the login");
  const auto good = run_at(locked, {"stats", "-a", "right"});
  CAPTURE(good.describe());
  CHECK(good.exit_code == 0);
  CHECK(good.err.empty());  // the warning of -a is for terminals
}

TEST_CASE("a server with too many clients") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.command({"CONFIG", "SET", "maxclients", "1"});
  check_refused(run_at(server, {"stats"}), 3, "max number of clients reached");
}

TEST_CASE("a database that is not there") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  check_refused(run_at(server, {"stats", "-n", "99"}), 3, "has no database 99");
}

TEST_CASE("an interrupt while it waits for a silent server ends it at once, without a word") {
  const auto silent = listen_on("");
  for (const auto& [signal, code] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
    Program program(rcache_with({"stats", "-p", std::to_string(port_of(silent)), "-t", "60"}));
    const auto peer = accept_from(silent, program);
    program.signal(signal);
    const auto& result = program.wait();
    CAPTURE(result.describe());
    CHECK(result.exit_code == code);
    CHECK(result.out.empty());
    CHECK(result.err.empty());
  }
}

}  // namespace rcache::test
