// Profiles: the file where it is looked for, what it decides, and its mistakes by line and column.
#include <sys/stat.h>

#include <string>
#include <vector>

#include "e2e/support.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

/// A home with this config file in it.
class Home {
 public:
  explicit Home(const std::string& config) {
    ::mkdir(folder_.file(".config").c_str(), 0700);
    ::mkdir(folder_.file(".config/rcache").c_str(), 0700);
    folder_.write(".config/rcache/config.toml", config);
  }
  [[nodiscard]] std::string config() const { return folder_.file(".config/rcache/config.toml"); }

  [[nodiscard]] ProgramResult run_stats(std::vector<std::string> flags,
                                        std::vector<std::string> environment = {}) const {
    flags.insert(flags.begin(), "stats");
    auto options = rcache_with(std::move(flags), std::move(environment));
    options.home = folder_.path();
    return run(std::move(options));
  }

 private:
  TempDir folder_;
};

}  // namespace

TEST_CASE(
    "config file: --profile and default_profile reach their servers, with password and prefix") {
  RCACHE_NEED_SERVER("redis");
  Server locked({.password = "from file"});
  Server open;
  const TempDir secrets;
  const Home home("default_profile = \"dev\"\n[profile.dev]\nurl = \"" + open.url() +
                  "\"\nproduction = false\n[profile.prod]\nurl = \"" + locked.url() +
                  "\"\npass_file = \"" + secrets.write("pass", "from file\nsecond line\n") +
                  "\"\nkey_prefix = \"shop:\"\nprotect = [\"session:*\"]\nproduction = true\n");
  const auto dev = home.run_stats({});
  CAPTURE(dev.describe());
  CHECK(dev.exit_code == 0);
  CHECK(contains(dev.out, open.socket_path()));
  const auto prod = home.run_stats({"--profile", "prod"});
  CAPTURE(prod.describe());
  CHECK(prod.exit_code == 0);
  CHECK(contains(prod.out, locked.socket_path()));
}

TEST_CASE("config file: $XDG_CONFIG_HOME and --config come before ~/.config") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const Home good("default_profile = \"p\"\n[profile.p]\nurl = \"" + server.url() + "\"\n");
  const Home broken("nonsense\n");
  CHECK(broken.run_stats({"--config", good.config()}).exit_code == 0);
  const auto folder = good.config().substr(0, good.config().rfind("/rcache/"));
  CHECK(broken.run_stats({}, {"XDG_CONFIG_HOME=" + folder}).exit_code == 0);
  check_refused(broken.run_stats({}), 2, broken.config() + ":1:");
}

TEST_CASE("config file: the environment's URL comes before default_profile and after --profile") {
  RCACHE_NEED_SERVER("redis");
  Server first;
  Server second;
  const Home home("default_profile = \"p\"\n[profile.p]\nurl = \"" + first.url() + "\"\n");
  const auto environment = "RCACHE_URL=" + second.url();
  CHECK(contains(home.run_stats({}).out, first.socket_path()));
  CHECK(contains(home.run_stats({}, {environment}).out, second.socket_path()));
  CHECK(contains(home.run_stats({"--profile", "p"}, {environment}).out, first.socket_path()));
}

TEST_CASE("config file: mistakes are named by file, line and column") {
  struct Case {
    std::string name;
    std::string text;
    std::string message;
  };
  const Case cases[] = {
      {"no value", "[profile.p]\nurl =\n", ":2:"},
      {"no quotes", "[profile.p]\nurl = redis://h\n", ":2:7: not TOML"},
      {"open string", "[profile.p]\nurl = \"redis://h\n", ":2:17: not TOML"},
      {"twice", "[profile.p]\nurl = \"a\"\nurl = \"b\"\n", ":3:"},
      {"not a string", "[profile.p]\n  url = 1\n", ":2:9: 'url' must be a string"},
      {"not a flag", "[profile.p]\nproduction = \"yes\"\n",
       ":2:14: 'production' must be true or false"},
      {"unknown setting", "[profile.p]\nurll = \"x\"\n",
       ":2:1: 'urll' is not a setting here\nhint: did you mean 'url'?"},
      {"unknown at the top", "profil = 1\n", ":1:1: 'profil' is not a setting here"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const Home home(c.text);
    check_refused(home.run_stats({"--profile", "p"}), 2, home.config() + c.message);
  }
}

TEST_CASE("config file: a profile that is not there") {
  const Home home("[profile.production]\nurl = \"redis://h\"\n");
  check_refused(
      home.run_stats({"--profile", "producton"}), 2,
      "rcache: --profile: there is no profile 'producton'\nhint: did you mean 'production'?\n");
  check_refused(home.run_stats({"--profile", "x"}), 2, "has: production");
  const Home other("default_profile = \"x\"\n");
  check_refused(other.run_stats({}), 2, "default_profile: there is no profile 'x'");
  check_refused(run_rcache({"stats", "--profile", "x"}), 2, "there is no profile 'x'");
}

}  // namespace rcache::test
