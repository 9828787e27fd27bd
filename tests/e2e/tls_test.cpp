// TLS: what is accepted, and a clear line for each thing that is not.
#include <string>
#include <vector>

#include "e2e/support.h"
#include "support/certificates.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

Server tls_server(const Identity& identity,
                  ClientCertificate clients = ClientCertificate::not_asked) {
  return Server({.listen = Listen::tls,
                 .arguments = tls_arguments(identity, certificates().authority(), clients)});
}

}  // namespace

TEST_CASE("tls: a certificate of a private authority is trusted with --cacert, by chain and name") {
  RCACHE_NEED_SERVER("redis");
  auto server = tls_server(certificates().server());
  const auto authority = certificates().authority();
  const auto port = std::to_string(server.port());
  const std::vector<std::vector<std::string>> ways = {
      {"stats", "-u", server.url(), "--cacert", authority},
      {"stats", "-h", "localhost", "-p", port, "--tls", "--cacert", authority},
      {"stats", "-h", "127.0.0.1", "-p", port, "--cacert", authority},
      {"stats", "-h", "127.0.0.1", "-p", port, "--cacert", authority, "--sni", "localhost"},
  };
  for (const auto& words : ways) {
    const auto result = run_rcache(words);
    CAPTURE(result.describe());
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
    CHECK(contains(result.out, "Hit ratio"));
  }
}

TEST_CASE("tls: --insecure takes any certificate, and says so every time") {
  RCACHE_NEED_SERVER("redis");
  auto server = tls_server(certificates().self_signed());
  const auto result = run_rcache({"stats", "-u", server.url(), "--insecure"});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.err == "rcache: warning: --insecure: the server's certificate is not verified\n");
}

TEST_CASE("tls: certificates that are refused, each in its own words") {
  RCACHE_NEED_SERVER("redis");
  const auto authority = certificates().authority();
  struct Case {
    std::string name;
    Identity identity;
    std::vector<std::string> flags;
    std::string words;
  };
  const Case cases[] = {
      {"no authority named", certificates().server(), {}, "certificate"},
      {"signed by itself", certificates().self_signed(), {"--cacert", authority}, "certificate"},
      {"of another name", certificates().other_name(), {"--cacert", authority}, "localhost"},
      {"another name asked for",
       certificates().server(),
       {"--cacert", authority, "--sni", "cache.example"},
       "cache.example"},
      {"expired", certificates().expired(), {"--cacert", authority}, "expired"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    auto server = tls_server(c.identity);
    std::vector<std::string> words{"stats", "-u", server.url()};
    words.insert(words.end(), c.flags.begin(), c.flags.end());
    check_refused(run_rcache(words), 3, c.words);
  }
}

TEST_CASE("tls: a server that wants a client certificate") {
  RCACHE_NEED_SERVER("redis");
  auto server = tls_server(certificates().server(), ClientCertificate::required);
  const auto authority = certificates().authority();
  const auto client = certificates().client();
  check_refused(run_rcache({"stats", "-u", server.url(), "--cacert", authority}), 3, "--cert");
  const auto good = run_rcache({"stats", "-u", server.url(), "--cacert", authority, "--cert",
                                client.certificate, "--key", client.key});
  CAPTURE(good.describe());
  CHECK(good.exit_code == 0);
}

TEST_CASE("tls: plain text at a TLS port, and TLS at a plain port") {
  RCACHE_NEED_SERVER("redis");
  auto encrypted = tls_server(certificates().server());
  Server plain({.listen = Listen::tcp});
  check_refused(run_rcache({"stats", "-p", std::to_string(encrypted.port()), "-t", "5"}), 3,
                "--tls");
  const auto result =
      run_rcache({"stats", "-p", std::to_string(plain.port()), "--tls", "-t", "500ms"});
  check_refused(result, 3, "127.0.0.1:" + std::to_string(plain.port()));
  CHECK(contains(result.err, "TLS"));
}

TEST_CASE("tls: files that cannot be used are usage errors that name the file") {
  RCACHE_NEED_SERVER("redis");
  auto server = tls_server(certificates().server());
  const TempDir folder;
  const auto missing = folder.file("none.crt");
  const auto garbage = folder.write("garbage.crt", "no certificate\n");
  const auto client = certificates().client();
  check_refused(run_rcache({"stats", "-u", server.url(), "--cacert", missing}), 2, missing);
  check_refused(run_rcache({"stats", "-u", server.url(), "--cacert", garbage}), 2, garbage);
  check_refused(run_rcache({"stats", "-u", server.url(), "--cert", garbage, "--key", client.key}),
                2, garbage);
  check_refused(
      run_rcache({"stats", "-u", server.url(), "--cert", client.certificate, "--key", garbage}), 2,
      garbage);
  check_refused(run_rcache({"stats", "-u", server.url(), "--cert", client.certificate}), 2,
                "--cert and --key go together");
}

}  // namespace rcache::test
