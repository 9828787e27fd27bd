// No password in the complaint about a wrong URL, command line or config file.
#include <string>
#include <vector>

#include "e2e/secrets.h"

namespace rcache::test {

TEST_CASE("secrets: URLs that cannot be read") {
  const std::vector<std::string> urls = {
      ":" + k_secret + "@h",
      "redis//:" + k_secret + "@h",
      "redis:/:" + k_secret + "@h",
      "http://u:" + k_secret + "@h",
      k_secret + "://h",
      "redis://:" + k_secret + "@",
      "redis://u:" + k_secret + "@h:x",
      "redis://u:" + k_secret + "@h:1/x",
      "redis://u:" + k_secret + "%@h",
      "redis://u:" + k_secret + "/h",
      "redis://u:" + k_secret + "h:1",
      "redis://" + k_secret,
      "redis://" + k_secret + "/0",
      "redis://h/" + k_secret,
      "redis://u:" + k_secret + "@h@i:x",
      "redis://[" + k_secret,
      "unix://u:" + k_secret + "@s",
      "unix:///s?password=" + k_secret,
      "redis-sentinel://u:" + k_secret + "@h",
      "redis-sentinel://u:" + k_secret + "@h:x/m",
  };
  const TempDir folder;
  for (const auto& url : urls) {
    CAPTURE(url);
    std::string escaped;
    for (const char c : url) escaped += c == '"' ? "\\\"" : std::string(1, c);
    const auto config = folder.write("config.toml", "[profile.p]\nurl = \"" + escaped + "\"\n");
    for (const auto& result :
         {run_rcache({"stats", "-u", url, "-t", "1"}),
          run_rcache({"stats", "--url=" + url, "-t", "1"}),
          run_rcache({"stats", "-t", "1"}, {"RCACHE_URL=" + url}),
          run_rcache({"stats", "-t", "1"}, {"REDIS_URL=" + url}),
          run_rcache({"stats", "--config", config, "--profile", "p", "-t", "1"})}) {
      CHECK((result.exit_code == 2 || result.exit_code == 3));
      check_refused(result, result.exit_code, "rcache: ");
      check_secret(result);
    }
  }
}

TEST_CASE("secrets: wrong command lines") {
  const auto url = "redis://:" + k_secret_in_url + "@h";
  const std::vector<std::vector<std::string>> lines = {
      {"stats", "-a", k_secret, "--frobnicate"},
      {"stats", "-a", k_secret, "-p", "abc"},
      {"stats", "-a", k_secret, "-a", k_secret},
      {"stats", "-a", "first", k_secret},
      {"stats", "--askpass", k_secret},
      {"stats", "--askpass=" + k_secret},
      {"stats", "-A" + k_secret},
      {"stats", "--passs=" + k_secret},
      {"stats", "--password", k_secret},
      {"stats", "--password=" + k_secret},
      {"-a", k_secret, "stats"},
      {"-a" + k_secret, "stats"},
      {"--pass=" + k_secret, "stats"},
      {"stat", "-a", k_secret},
      {"stats", url},
      {url},
      {"-u", url, "stats"},
      {"--url=" + url, "stats"},
      {"stats", "-u", url, "-h", "h"},
      {"stats", "-u", url, "--user", "u", "--cert", "x"},
      {"stats", "-a", k_secret, "--help=" + k_secret, "--bad"},
      {"help", url},
      {"demo", "-a", k_secret},
      {"demo", "--pass=" + k_secret},
      {"completion", "bash", "-a", k_secret},
  };
  for (const auto& words : lines) {
    const auto result = run_rcache(words);
    CAPTURE(result.describe());
    check_secret(result);
    CHECK((result.exit_code == 2 || contains(result.out, "Usage:")));
  }
}

TEST_CASE("secrets: a mistake in the config file, on the very line") {
  const TempDir folder;
  const auto url = "redis://:" + k_secret + "@h";
  const std::vector<std::string> lines = {
      "url = " + url,
      "url = \"redis://:S3CR3T-%40\"'@h\"",
      "url = \"redis://:S3CR3T-%40",
      "url = \"redis://:S3CR3T-%40\\q\"",
      "url = 'redis://:S3CR3T-%40\"'@h'",
      "url = '''redis://:" + k_secret,
      "url = [\"redis://:S3CR3T-%40\"]",
      "url = {a = \"S3CR3T-%40\"}",
      "url = {a = S3CR3T-%40}",
      "url \"redis://:S3CR3T-%40\"",
      "url = \"a\" \"redis://:S3CR3T-%40\"",
      "url = \"a\"\nurl = \"redis://:S3CR3T-%40\"",
      "password = \"S3CR3T-%40\"",
      "pass_file = [\"S3CR3T-%40\"]",
      "production = \"S3CR3T-%40\"",
      "protect = \"S3CR3T-%40\"",
      "url = 0xS3CR3T",
      "url = S3CR3T",
  };
  for (const auto& line : lines) {
    const auto config = folder.write("config.toml", "[profile.p]\n" + line + "\n");
    const auto result = run_rcache({"stats", "--config", config, "--profile", "p"});
    CAPTURE(line);
    check_refused(result, 2, config + ":");
    check_secret(result);
  }
}

TEST_CASE("secrets: numbers and words that the config file quotes nowhere") {
  const TempDir folder;
  for (const char* value : {"12345678901234567890123", "trueS", "falsey",
                            "0x123456789abcdef0123456789", "1234-56-78"}) {
    CAPTURE(std::string(value));
    const auto config =
        folder.write("config.toml", std::string("[profile.p]\nurl = ") + value + "\n");
    const auto result = run_rcache({"stats", "--config", config, "--profile", "p"});
    check_refused(result, 2, config + ":2:");
    CHECK_FALSE(contains(result.err, value));
  }
}

TEST_CASE("secrets: a password file with a bad name, and a password with no end") {
  const TempDir folder;
  const auto endless = folder.write("endless", "S3CR3T" + std::string(100000, 'x'));
  check_secret(run_rcache({"stats", "--pass-file", endless}));
  const auto result = run_rcache({"stats", "--pass-file", folder.path()});
  check_refused(result, 2, folder.path());
}

}  // namespace rcache::test
