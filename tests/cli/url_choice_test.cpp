// Which server is meant, and with which password: flags, environment and profile against each
// other.
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "cli/target.h"
#include "support/temp_dir.h"

namespace rcache::cli {
namespace {

using Variables = std::map<std::string, std::string>;

struct Case {
  std::string name;
  std::vector<std::string> flags;
  Variables variables;
  std::string wanted;
};

/// A home with the profiles "p" (as default or not) and "bare", which has no url.
class Home {
 public:
  explicit Home(const std::string& first_line = {})
      : file_(folder_.write(
            "config.toml",
            first_line +
                "\n[profile.p]\nurl = \"redis://profile:1/1\"\npass_file = \"profile file\"\n"
                "user = \"profile user\"\n[profile.bare]\nreplica = true\n")) {}
  [[nodiscard]] std::vector<std::string> with(std::vector<std::string> flags) const {
    flags.insert(flags.end(), {"--config", file_});
    return flags;
  }

 private:
  test::TempDir folder_;
  std::string file_;
};

const Variables k_both = {{"RCACHE_URL", "redis://rcache:2/2"}, {"REDIS_URL", "redis://redis:3/3"}};

}  // namespace

TEST_CASE("target: the precedence of what says where the server is") {
  const Home plain;
  const Home with_default("default_profile = \"p\"");
  const Case cases[] = {
      {"nothing", plain.with({}), {}, "redis://127.0.0.1:6379/0"},
      {"default profile", with_default.with({}), {}, "redis://profile:1/1"},
      {"REDIS_URL before default profile",
       with_default.with({}),
       {{"REDIS_URL", "redis://redis:3/3"}},
       "redis://redis:3/3"},
      {"RCACHE_URL before REDIS_URL", with_default.with({}), k_both, "redis://rcache:2/2"},
      {"an empty RCACHE_URL is none",
       plain.with({}),
       {{"RCACHE_URL", ""}, {"REDIS_URL", "redis://redis:3/3"}},
       "redis://redis:3/3"},
      {"--profile before the environment", plain.with({"--profile", "p"}), k_both,
       "redis://profile:1/1"},
      {"--profile without url leaves it to the environment", plain.with({"--profile", "bare"}),
       k_both, "redis://rcache:2/2"},
      {"--url before all", plain.with({"--profile", "p", "-u", "redis://flag:4/4"}), k_both,
       "redis://flag:4/4"},
      {"-h before the environment", plain.with({"-h", "flag"}), k_both, "redis://flag:6379/0"},
      {"-p before the environment", plain.with({"-p", "5"}), k_both, "redis://127.0.0.1:5/0"},
      {"-s before the environment", plain.with({"-s", "/s"}), k_both, "unix:///s"},
      {"-h before --profile",
       plain.with({"-h", "flag", "--profile", "p"}),
       {},
       "redis://flag:6379/0"},
      {"-n changes the database of a URL", plain.with({"-n", "9"}), k_both, "redis://rcache:2/9"},
      {"-n goes with --url",
       plain.with({"-n", "9", "-u", "redis://flag:4/4"}),
       {},
       "redis://flag:4/9"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(url_of(target_of(c.flags, c.variables)) == c.wanted);
  }
}

TEST_CASE("target: the precedence of passwords") {
  const Home home;
  const Home with_default("default_profile = \"p\"");
  const Variables all = {{"RCACHE_PASSWORD", "rcache"},
                         {"REDISCLI_AUTH", "rediscli"},
                         {"VALKEYCLI_AUTH", "valkeycli"}};
  const std::string url = "redis://u:url@h";
  const Case cases[] = {
      {"none", home.with({}), {}, "none"},
      {"VALKEYCLI_AUTH", home.with({}), {{"VALKEYCLI_AUTH", "valkeycli"}}, "valkeycli"},
      {"REDISCLI_AUTH before it",
       home.with({}),
       {{"VALKEYCLI_AUTH", "valkeycli"}, {"REDISCLI_AUTH", "rediscli"}},
       "rediscli"},
      {"RCACHE_PASSWORD before both", home.with({}), all, "rcache"},
      {"the profile's file before the environment", home.with({"--profile", "p"}), all,
       "from profile file"},
      {"the default profile's, too", with_default.with({}), all, "from profile file"},
      {"URL before the environment", home.with({"-u", url}), all, "url"},
      {"-a before the URL", home.with({"-u", url, "-a", "flag"}), all, "flag"},
      {"an empty -a is a password", home.with({"-a", ""}), all, ""},
      {"--pass-file before -a", home.with({"-u", url, "-a", "flag", "--pass-file", "f"}), all,
       "from f"},
      {"--askpass before all",
       home.with({"-u", url, "-a", "flag", "--pass-file", "f", "--askpass"}), all, "typed"},
      {"RCACHE_URL has its own",
       home.with({}),
       {{"RCACHE_URL", url}, {"RCACHE_PASSWORD", "rcache"}},
       "url"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(password_of(target_of(c.flags, c.variables)) == c.wanted);
  }
}

TEST_CASE("target: the password of one server is not sent to another") {
  const Home with_default("default_profile = \"p\"");
  const Variables elsewhere = {{"REDIS_URL", "redis://u:S3CR3T@production"}};
  for (const auto& flags : std::vector<std::vector<std::string>>{
           {"-h", "other"}, {"-p", "7"}, {"-s", "/s"}, {"-u", "redis://other"}}) {
    CAPTURE(flags[0]);
    const auto target = target_of(with_default.with(flags), elsewhere);
    CHECK(password_of(target) == "none");
    CHECK(target->settings.endpoint.user.empty());
    CHECK_FALSE(target->profile);
  }
}

TEST_CASE("target: the default profile's credentials are not sent to a server of the environment") {
  const Home with_default("default_profile = \"p\"");
  const auto target = target_of(with_default.with({}), {{"RCACHE_URL", "redis://other"}});
  CHECK(password_of(target) == "none");
  CHECK(target->settings.endpoint.user.empty());
}

TEST_CASE("target: a default profile without a url is for every server, but for its credentials") {
  const test::TempDir folder;
  const auto config = folder.write("c",
                                   "default_profile = \"p\"\n[profile.p]\nkey_prefix = "
                                   "\"shop:\"\nuser = \"u\"\npass_file = \"f\"\n");
  const auto here = target_of({"--config", config});
  CHECK(password_of(here) == "from f");
  CHECK(here->settings.endpoint.user == "u");
  const auto there = target_of({"--config", config, "-h", "other"});
  CHECK(password_of(there) == "none");
  CHECK(there->settings.endpoint.user.empty());
  CHECK(there->key_prefix == "shop:");
}

TEST_CASE("target: the user of flag, URL and profile") {
  const Home home;
  const auto user = [&](std::vector<std::string> flags) {
    const auto target = target_of(home.with(std::move(flags)));
    REQUIRE(target);
    return target->settings.endpoint.user;
  };
  CHECK(user({}) == "");
  CHECK(user({"--profile", "p"}) == "profile user");
  CHECK(user({"-u", "redis://url:x@h"}) == "url");
  CHECK(user({"-u", "redis://url:x@h", "--user", "flag"}) == "flag");
  CHECK(user({"--profile", "p", "--user", "flag"}) == "flag");
}

}  // namespace rcache::cli
