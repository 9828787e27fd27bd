#include <doctest/doctest.h>

#include "redis/fake_server.h"
#include "redis/live.h"
#include "support/certificates.h"
#include "support/relay.h"
#include "support/server.h"
#include "support/skip.h"
#include "support/sockets.h"

namespace rcache::redis {
namespace {

using test::certificates;
using test::ClientCertificate;
using test::Listen;
using test::Server;

std::unique_ptr<Server> tls_server(const test::Identity& identity,
                                   ClientCertificate clients = ClientCertificate::not_asked,
                                   const std::vector<std::string>& more = {}) {
  auto arguments = test::tls_arguments(identity, certificates().authority(), clients);
  arguments.insert(arguments.end(), more.begin(), more.end());
  return std::make_unique<Server>(
      test::ServerOptions{.listen = Listen::tls, .arguments = arguments});
}

ConnectSettings tls_settings(const std::string& host, int port) {
  auto settings = settings_of("rediss://" + host + ":" + std::to_string(port));
  settings.endpoint.tls.ca_file = certificates().authority();
  return settings;
}

/// Connects, and fails in one line of that kind within the deadline.
void check_refused(const ConnectSettings& settings, const std::string& words,
                   const std::string& hint, ErrorKind kind = ErrorKind::connect) {
  World world;
  const auto begin = std::chrono::steady_clock::now();
  const auto servers = world.connect(settings);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
  REQUIRE_FALSE(servers);
  check_error(servers.error(), kind, words);
  CAPTURE(servers.error().hint);
  CHECK(servers.error().hint.find(hint) != std::string::npos);
}

void check_accepted(const ConnectSettings& settings, Server& server) {
  World world;
  const auto servers = world.connect(settings);
  CAPTURE((servers ? std::string() : servers.error().message));
  REQUIRE(servers);
  CHECK((*servers)->nodes().front().identity.run_id == server.info("run_id"));
}

TEST_CASE("TLS: the chain and the name are verified, by name and by address") {
  RCACHE_NEED_SERVER("redis");
  const auto server = tls_server(certificates().server());
  check_accepted(tls_settings("localhost", server->port()), *server);
  check_accepted(tls_settings("127.0.0.1", server->port()), *server);
  auto without_authority = tls_settings("localhost", server->port());
  without_authority.endpoint.tls.ca_file.clear();
  check_refused(without_authority, "cannot trust localhost:", "--cacert");
  without_authority.endpoint.tls.verify = false;
  check_accepted(without_authority, *server);
  auto other_name = tls_settings("localhost", server->port());
  other_name.endpoint.tls.server_name = "other.example";
  check_refused(other_name, "its certificate is not for 'other.example'", "--sni");
}

TEST_CASE("TLS: a certificate for another name, another authority or another time is refused") {
  RCACHE_NEED_SERVER("redis");
  struct Case {
    const char* name;
    test::Identity identity;
    const char* words;
    const char* hint;
  };
  const Case cases[] = {
      {"another name", certificates().other_name(), "its certificate is not for 'localhost'",
       "give that name with --sni"},
      {"self-signed", certificates().self_signed(), "self-signed certificate", "--cacert"},
      {"expired", certificates().expired(), "certificate has expired", "--insecure"},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.name));
    const auto server = tls_server(c.identity);
    auto settings = tls_settings("localhost", server->port());
    check_refused(settings, c.words, c.hint);
    settings.endpoint.tls.verify = false;
    check_accepted(settings, *server);
  }
  const auto server = tls_server(certificates().other_name());
  check_refused(tls_settings("127.0.0.1", server->port()), "its certificate is not for '127.0.0.1'",
                "--sni");
  auto by_its_name = tls_settings("127.0.0.1", server->port());
  by_its_name.endpoint.tls.server_name = "other.example";
  check_accepted(by_its_name, *server);
}

TEST_CASE(
    "TLS: a client certificate that the server wants, missing and given, in TLS 1.2 and 1.3") {
  RCACHE_NEED_SERVER("redis");
  for (const char* version : {"TLSv1.2", "TLSv1.3"}) {
    CAPTURE(std::string(version));
    const auto server = tls_server(certificates().server(), ClientCertificate::required,
                                   {"--tls-protocols", version});
    auto settings = tls_settings("localhost", server->port());
    World world;
    const auto without = world.connect(settings);
    REQUIRE_FALSE(without);
    check_error(without.error(), ErrorKind::connect, "TLS");
    CHECK(without.error().hint.find("--cert FILE") != std::string::npos);
    settings.endpoint.tls.certificate_file = certificates().client().certificate;
    settings.endpoint.tls.key_file = certificates().client().key;
    check_accepted(settings, *server);
  }
}

TEST_CASE("TLS: files that cannot be used are named, before anything is sent") {
  RCACHE_NEED_SERVER("redis");
  const auto server = tls_server(certificates().server());
  const test::TempDir folder;
  const auto rubbish = folder.write("rubbish.pem", "rubbish");
  const auto check = [&](std::string TlsSettings::*file, const std::string& flag) {
    for (const auto& path : {folder.file("missing"), rubbish}) {
      auto settings = tls_settings("localhost", server->port());
      settings.endpoint.tls.*file = path;
      check_refused(settings, flag + ": cannot use '" + path + "': ", "PEM", ErrorKind::usage);
    }
  };
  check(&TlsSettings::ca_file, "--cacert");
  check(&TlsSettings::certificate_file, "--cert");
  check(&TlsSettings::key_file, "--key");
  auto mixed_up = tls_settings("localhost", server->port());
  mixed_up.endpoint.tls.certificate_file = certificates().client().certificate;
  mixed_up.endpoint.tls.key_file = certificates().server().key;
  check_refused(mixed_up, "--key: cannot use '", "PEM", ErrorKind::usage);
}

TEST_CASE("TLS: plain text to a TLS port, TLS to a plain port, TLS to a silent or closing one") {
  RCACHE_NEED_SERVER("redis");
  const auto server = tls_server(certificates().server());
  check_refused(settings_of("redis://localhost:" + std::to_string(server->port())), "",
                "rediss://");
  Server plain({.listen = Listen::tcp});
  check_refused(impatient(tls_settings("localhost", plain.port())),
                "the TLS handshake with localhost:", "does this port speak TLS?");
  const auto silent = test::listen_on("");
  check_refused(impatient(tls_settings("127.0.0.1", test::port_of(silent))),
                "got no answer within 300 ms", "does this port speak TLS?");
  World world;
  FakeServer web(world.io, {{0, "HTTP/1.1 400 Bad Request\r\n\r\n"}});
  auto settings = settings_of(web.address());
  settings.endpoint.tls.enabled = true;
  const auto servers = world.connect(settings);
  REQUIRE_FALSE(servers);
  check_error(servers.error(), ErrorKind::connect, "the TLS handshake with ");
}

TEST_CASE("TLS: the name is sent in the handshake (SNI), an address never") {
  RCACHE_NEED_SERVER("redis");
  const auto server = tls_server(certificates().server());
  test::Relay relay(server->address());
  check_accepted(tls_settings("localhost", relay.port()), *server);
  CHECK(relay.recorded(test::Direction::up).find("localhost") != std::string::npos);
  test::Relay other(server->address());
  check_accepted(tls_settings("127.0.0.1", other.port()), *server);
  CHECK(other.recorded(test::Direction::up).find("127.0.0.1") == std::string::npos);
}

TEST_CASE("TLS: a connection cut at any byte of handshake and login is an error, never a hang") {
  RCACHE_NEED_SERVER("redis");
  const auto server = tls_server(certificates().server());
  test::Relay relay(server->address());
  const auto settings = tls_settings("localhost", relay.port());
  {
    World world;
    REQUIRE(world.connect(settings));
  }
  const auto whole = relay.recorded(test::Direction::down).size();
  for (std::size_t cut = 0; cut < whole; cut += cut < 200 ? 7 : 97) {
    CAPTURE(cut);
    relay.set(test::Direction::down,
              {.cut_after = cut, .cut = cut % 2 == 0 ? test::Cut::fin : test::Cut::rst});
    World world;
    const auto servers = world.connect(settings);
    if (!servers) check_error(servers.error(), ErrorKind::connect, "localhost:");
  }
}

}  // namespace
}  // namespace rcache::redis
