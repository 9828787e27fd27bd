// No password in any output: every place it can be given in, every way to succeed and to fail.
#include "e2e/secrets.h"

#include <string>
#include <utility>
#include <vector>

#include "support/skip.h"

namespace rcache::test {
namespace {

/// Runs `stats` with the password in each place, in several forms, and searches all that it wrote.
/// Returns the exit code of each run, by the name of the place.
std::vector<std::pair<std::string, int>> search_all_places(int port) {
  const TempDir folder;
  std::vector<std::pair<std::string, int>> codes;
  for (const auto& place : secret_places(port, folder)) {
    CAPTURE(place.name);
    const TempDir results;
    for (const auto& more : std::vector<std::vector<std::string>>{
             {"--verbose", "-t", "5"},
             {"-o", "json", "--save", results.file("saved"), "-t", "5"}}) {
      auto options = with_secret(place, "stats", more);
      options.home = results.path();
      const auto result = run(options);
      check_secret(result);
      if (result.exit_code != 0) check_refused(result, result.exit_code, "rcache: ");
      codes.emplace_back(place.name, result.exit_code);
    }
    check_secret_in_files(results.path(), {});
  }
  return codes;
}

}  // namespace

TEST_CASE("secrets: a server that accepts the password, from every place") {
  RCACHE_NEED_SERVER("redis");
  Server server({.listen = Listen::tcp, .password = k_secret});
  for (const auto& [place, code] : search_all_places(server.port())) {
    CAPTURE(place);
    // %40 in a URL is '@': that is another password.
    CHECK(code == (place == "-u, password not encoded" ? 3 : 0));
  }
}

TEST_CASE("secrets: servers that refuse it") {
  RCACHE_NEED_SERVER("redis");
  Server other({.listen = Listen::tcp, .password = "another"});
  Server open({.listen = Listen::tcp});
  // This one repeats the arguments of a command that it does not know.
  Server no_auth({.listen = Listen::tcp, .arguments = {"--rename-command", "AUTH", ""}});
  for (const int port : {other.port(), open.port(), no_auth.port()}) {
    for (const auto& [place, code] : search_all_places(port)) {
      CAPTURE(place);
      // An open server takes any password for the user "default".
      if (port == open.port() && place == "--user and -a") continue;
      CHECK(code == 3);
    }
  }
}

TEST_CASE("secrets: no server at all") {
  for (const auto& [place, code] : search_all_places(free_port())) {
    CAPTURE(place);
    CHECK(code == 3);
  }
}

}  // namespace rcache::test
