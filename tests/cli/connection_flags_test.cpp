#include "cli/connection_flags.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "cli/target.h"
#include "support/temp_dir.h"

namespace rcache::cli {
namespace {

redis::TlsSettings tls_of(std::vector<std::string> flags) {
  const auto target = target_of(std::move(flags));
  REQUIRE(target);
  return target->settings.endpoint.tls;
}

}  // namespace

TEST_CASE("connection flags: redis-cli's forms of one flag are one") {
  for (const auto& flags :
       std::vector<std::vector<std::string>>{{"-h", "host", "-p", "7", "-n", "2"},
                                             {"-hhost", "-p7", "-n2"},
                                             {"--host", "host", "--port", "7", "--db", "2"},
                                             {"--host=host", "--port=7", "--db=2"},
                                             {"-c", "-h", "host", "-p", "7", "-n", "2"},
                                             {"-u", "redis://host:7/2"},
                                             {"--url=valkey://host:7/2"}}) {
    CAPTURE(flags[0]);
    CHECK(url_of(target_of(flags)) == "redis://host:7/2");
  }
}

TEST_CASE("connection flags: TLS is implied by whatever only TLS can use") {
  CHECK_FALSE(tls_of({}).enabled);
  for (const auto& flags : std::vector<std::vector<std::string>>{{"--tls"},
                                                                 {"--cacert", "f"},
                                                                 {"--cacertdir", "d"},
                                                                 {"--sni", "n"},
                                                                 {"--insecure"},
                                                                 {"--cert", "c", "--key", "k"},
                                                                 {"-u", "rediss://h"},
                                                                 {"-u", "redis://h", "--tls"}}) {
    CAPTURE(flags[0]);
    CHECK(tls_of(flags).enabled);
    CHECK(tls_of(flags).verify == (flags[0] != "--insecure"));
  }
  const auto tls =
      tls_of({"--cacert", "f", "--cacertdir", "d", "--sni", "n", "--cert", "c", "--key", "k"});
  CHECK(tls.ca_file == "f");
  CHECK(tls.ca_directory == "d");
  CHECK(tls.server_name == "n");
  CHECK(tls.certificate_file == "c");
  CHECK(tls.key_file == "k");
}

TEST_CASE(
    "connection flags: a profile's certificates do not switch TLS on, a flag's win over them") {
  const test::TempDir folder;
  const auto config =
      folder.write("c",
                   "[profile.plain]\nurl = \"redis://h\"\ncacert = \"profile\"\n"
                   "[profile.tls]\nurl = \"rediss://h\"\ncacert = \"profile\"\nsni = \"name\"\n");
  CHECK(tls_of({"--config", config, "--profile", "tls"}).ca_file == "profile");
  CHECK(tls_of({"--config", config, "--profile", "tls"}).server_name == "name");
  CHECK(tls_of({"--config", config, "--profile", "tls", "--cacert", "flag"}).ca_file == "flag");
  CHECK_FALSE(tls_of({"--config", config, "--profile", "plain"}).enabled);
}

TEST_CASE("connection flags: what contradicts itself is refused") {
  struct Case {
    std::vector<std::string> flags;
    std::string message;
  };
  const Case cases[] = {
      {{"-u", "redis://h", "-h", "h"}, "--url and -h, -p or -s both say where the server is"},
      {{"-u", "redis://h", "-p", "1"}, "--url and -h, -p or -s both say where the server is"},
      {{"-u", "redis://h", "-s", "/s"}, "--url and -h, -p or -s both say where the server is"},
      {{"-s", "/s", "-h", "h"}, "-s and -h or -p both say where the server is"},
      {{"-s", "/s", "-p", "1"}, "-s and -h or -p both say where the server is"},
      {{"--cert", "c"}, "--cert and --key go together"},
      {{"--key", "k"}, "--cert and --key go together"},
      {{"--user", "bob"}, "the user 'bob' needs a password"},
      {{"-u", "redis://bob@h"}, "the user 'bob' needs a password"},
      {{"-t", "0"}, "--timeout: 0 leaves no time to answer (try 3s)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.message);
    const auto target = target_of(c.flags);
    REQUIRE_FALSE(target);
    CHECK(target.error().kind == ErrorKind::usage);
    CHECK(target.error().message == c.message);
  }
}

TEST_CASE("connection flags: deadlines, topology and prefix") {
  const auto plain = target_of({});
  REQUIRE(plain);
  CHECK(plain->settings.connect_timeout == std::chrono::seconds(3));
  CHECK(plain->settings.reply_timeout == std::chrono::seconds(10));
  CHECK(plain->settings.read_from == redis::ReadFrom::primary);
  CHECK_FALSE(plain->settings.this_node_only);
  CHECK(plain->key_prefix.empty());
  const auto other = target_of({"-t", "0.5", "--replica", "--node", "--key-prefix", "shop:"});
  REQUIRE(other);
  CHECK(other->settings.connect_timeout == std::chrono::milliseconds(500));
  CHECK(other->settings.reply_timeout == std::chrono::milliseconds(500));
  CHECK(other->settings.read_from == redis::ReadFrom::replica);
  CHECK(other->settings.this_node_only);
  CHECK(other->key_prefix == "shop:");
}

TEST_CASE("connection flags: key_prefix and replica of a profile, and --key-prefix over it") {
  const test::TempDir folder;
  const auto config =
      folder.write("c", "[profile.p]\nkey_prefix = \"shop:\"\nreplica = true\nproduction = true\n");
  const auto target = target_of({"--config", config, "--profile", "p"});
  REQUIRE(target);
  CHECK(target->key_prefix == "shop:");
  CHECK(target->settings.read_from == redis::ReadFrom::replica);
  REQUIRE(target->profile);
  CHECK(target->profile->production);
  const auto none = target_of({"--config", config, "--profile", "p", "--key-prefix", ""});
  CHECK(none->key_prefix.empty());
}

TEST_CASE("connection flags: a bad URL is named by where it stands, and never shown") {
  const test::TempDir folder;
  const auto config = folder.write("c", "[profile.p]\nurl = \"redis://u:S3CR3T@h:x\"\n");
  const std::string bad = "redis://u:S3CR3T@h:x";
  const std::string why = "the port in the URL is not a number from 1 to 65535";
  CHECK(url_of(target_of({"-u", bad})) == "error: --url: " + why);
  CHECK(url_of(target_of({}, {{"RCACHE_URL", bad}})) == "error: RCACHE_URL: " + why);
  CHECK(url_of(target_of({}, {{"REDIS_URL", bad}})) == "error: REDIS_URL: " + why);
  CHECK(url_of(target_of({"--config", config, "--profile", "p"})) ==
        "error: the url of profile 'p': " + why);
}

TEST_CASE("connection flags: a password that cannot be read is an error of its source") {
  Parser parser;
  REQUIRE(parser.parse({"stats", "--askpass"}));
  PasswordSources sources = told_passwords();
  sources.from_terminal = []() -> Result<std::string> {
    return fail(ErrorKind::interrupted, "interrupted");
  };
  const auto target = resolve_target(parser.connection(), Environment(), sources);
  REQUIRE_FALSE(target);
  CHECK(target.error().kind == ErrorKind::interrupted);
}

}  // namespace rcache::cli
