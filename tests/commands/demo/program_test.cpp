#include "commands/demo/program.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"

namespace rcache::demo {
namespace {

void make_file(const std::string& path, bool is_executable) {
  std::ofstream(path) << "#!/bin/sh\n";
  std::filesystem::permissions(
      path, is_executable ? std::filesystem::perms::owner_all : std::filesystem::perms::owner_read);
}

}  // namespace

TEST_CASE("find_program: takes the first folder that has an executable file of that name") {
  const test::TempDir one;
  const test::TempDir two;
  make_file(one.file("other"), true);
  make_file(one.file("tool"), false);
  make_file(two.file("tool"), true);
  std::filesystem::create_directory(one.file("folder"));
  const std::string path = "/nowhere:" + one.path() + ":" + two.path();
  // Root may read everything but execute only what somebody may execute, so this holds for root
  // too.
  CHECK(find_program("tool", path) == two.file("tool"));
  CHECK(find_program("other", path) == one.file("other"));
  CHECK_FALSE(find_program("folder", path));
  CHECK_FALSE(find_program("nothing", path));
  CHECK_FALSE(find_program("", path));
  CHECK_FALSE(find_program("tool", ""));
}

TEST_CASE("find_program: a name with a slash is a file already") {
  CHECK(find_program("./tool", "/bin") == "./tool");
  CHECK(find_program("/no/such", "/bin") == "/no/such");
}

TEST_CASE("changed_environment: sets, replaces and leaves out") {
  ::setenv("RCACHE_TEST_A", "old", 1);
  ::setenv("RCACHE_TEST_B", "secret", 1);
  const auto lines =
      changed_environment({"RCACHE_TEST_B"}, {{"RCACHE_TEST_A", "new"}, {"RCACHE_TEST_C", "c=d"}});
  const auto has = [&](const char* line) { return std::count(lines.begin(), lines.end(), line); };
  CHECK(has("RCACHE_TEST_A=new") == 1);
  CHECK(has("RCACHE_TEST_A=old") == 0);
  CHECK(has("RCACHE_TEST_B=secret") == 0);
  CHECK(has("RCACHE_TEST_C=c=d") == 1);
  ::unsetenv("RCACHE_TEST_A");
  ::unsetenv("RCACHE_TEST_B");
}

}  // namespace rcache::demo
