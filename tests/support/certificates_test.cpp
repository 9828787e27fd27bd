#include <doctest/doctest.h>

#include "support/certificates.h"
#include "support/program.h"
#include "support/server.h"

using namespace rcache::test;

namespace {

/// What `openssl s_client` makes of a TLS server that it knows as localhost.
ProgramResult handshake(const Server& server, const std::vector<std::string>& more = {}) {
  ProgramOptions options;
  options.argv = {"openssl",
                  "s_client",
                  "-connect",
                  server.address(),
                  "-CAfile",
                  certificates().authority(),
                  "-verify_return_error",
                  "-verify_hostname",
                  "localhost",
                  "-quiet"};
  options.argv.insert(options.argv.end(), more.begin(), more.end());
  options.input = "PING\r\nQUIT\r\n";
  return run(options);
}

}  // namespace

TEST_CASE("certificates: a TLS server is trusted with the good one and with no other") {
  const Certificates& all = certificates();
  const auto result_with = [&all](const Identity& identity) {
    ServerOptions options;
    options.listen = Listen::tls;
    options.arguments = tls_arguments(identity, all.authority());
    return handshake(Server(options));
  };
  const ProgramResult good = result_with(all.server());
  CHECK_MESSAGE(good.out == "+PONG\r\n+OK\r\n", good.describe());
  CHECK(result_with(all.other_name()).err.find("ostname mismatch") != std::string::npos);
  CHECK(result_with(all.expired()).err.find("certificate has expired") != std::string::npos);
  CHECK(result_with(all.self_signed()).err.find("self-signed certificate") != std::string::npos);
}

TEST_CASE("certificates: a server can require one of its clients") {
  const Certificates& all = certificates();
  ServerOptions options;
  options.listen = Listen::tls;
  options.arguments = tls_arguments(all.server(), all.authority(), ClientCertificate::required);
  Server server(options);
  CHECK(handshake(server).out.empty());
  const ProgramResult known =
      handshake(server, {"-cert", all.client().certificate, "-key", all.client().key});
  CHECK_MESSAGE(known.out == "+PONG\r\n+OK\r\n", known.describe());
}
