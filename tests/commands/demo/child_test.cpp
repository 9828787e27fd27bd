#include "commands/demo/child.h"

#include <doctest/doctest.h>

#include <csignal>

#include "support/deadline.h"

namespace rcache::demo {
namespace {

int run(const std::vector<std::string>& command, std::vector<std::string> environment = {}) {
  auto child = Child::start(command, std::move(environment));
  REQUIRE(child);
  test::wait_until("the end of the child", [&] { return child->exit_code().has_value(); });
  return *child->exit_code();
}

}  // namespace

TEST_CASE("child: the exit code is the command's own, or 128 and the signal that ended it") {
  CHECK(run({"sh", "-c", "exit 7"}) == 7);
  CHECK(run({"sh", "-c", "kill -9 $$"}) == 137);
}

TEST_CASE("child: words and environment arrive untouched") {
  CHECK(run({"sh", "-c", "test \"$1,$2,$RCACHE_URL\" = \"--,[a b]*,unix:///x\"", "sh", "--",
             "[a b]*"},
            {"RCACHE_URL=unix:///x"}) == 0);
}

TEST_CASE("child: SIGPIPE is deadly in it even when it is ignored here") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  CHECK(run({"sh", "-c", "kill -PIPE $$; exit 0"}) == 128 + SIGPIPE);
  std::signal(SIGPIPE, before);
}

TEST_CASE("child: gets the signals that are passed on, also one sent at once") {
  auto child = Child::start({"sleep", "1000"}, {});
  REQUIRE(child);
  child->signal(SIGTERM);
  test::wait_until("the end of the child", [&] { return child->exit_code().has_value(); });
  CHECK(*child->exit_code() == 128 + SIGTERM);
  child->signal(SIGTERM);  // must not reach whoever has its process id now
}

TEST_CASE("child: a command that cannot be run is a usage error that names it") {
  struct Case {
    const char* command;
    const char* message;
  };
  const Case cases[] = {
      {"no-such-command", "there is no command 'no-such-command' on PATH"},
      {"/no/such/command", "cannot run '/no/such/command': No such file or directory"},
      {"/etc/passwd", "cannot run '/etc/passwd': Permission denied"},
      {"bad\nname", "there is no command 'bad\\x0aname' on PATH"},
  };
  for (const Case& c : cases) {
    const auto child = Child::start({c.command}, {});
    REQUIRE_FALSE(child);
    CHECK(child.error().kind == ErrorKind::usage);
    CHECK(child.error().message == c.message);
  }
}

TEST_CASE("child: rcache that is not on PATH is the running program") {
  const char* path = ::getenv("PATH");
  const std::string before = path ? path : "";
  ::setenv("PATH", "/nowhere", 1);
  CHECK(can_be_found("rcache"));
  CHECK_FALSE(can_be_found("sh"));
  ::setenv("PATH", before.c_str(), 1);
}

TEST_CASE("child: its environment has the server and no password") {
  ::setenv("REDISCLI_AUTH", "S3CR3T", 1);
  ::setenv("RCACHE_PASSWORD", "S3CR3T", 1);
  ::setenv("RCACHE_URL", "redis://:S3CR3T@elsewhere", 1);
  ::setenv("REDIS_URL", "redis://:S3CR3T@elsewhere", 1);
  int urls = 0;
  for (const std::string& line : environment_for("unix:///x")) {
    CHECK(line.find("S3CR3T") == std::string::npos);
    urls += line == "RCACHE_URL=unix:///x";
  }
  CHECK(urls == 1);
  for (const char* name : {"REDISCLI_AUTH", "RCACHE_PASSWORD", "RCACHE_URL", "REDIS_URL"}) {
    ::unsetenv(name);
  }
}

}  // namespace rcache::demo
