#include "support/temp_dir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "support/failure.h"

namespace rcache::test {
namespace {

/// Starts a process that outlives us: it sleeps until the last copy of our end of a pipe is closed,
/// however we end, and then removes `path`. It is nobody's child, because ctest kills a test that
/// takes too long together with all its children.
void watch_over(const std::string& path) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Failure("pipe2: " + std::string(std::strerror(errno)));
  static const char k_script[] =
      "(read -r _; i=0; while [ -e \"$0\" ] && [ $i -lt 5 ]; do rm -rf -- \"$0\"; i=$((i + 1)); "
      "done)"
      " <&3 3<&- >/dev/null 2>&1 &";
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setsid();
    ::dup2(::fcntl(ends[0], F_DUPFD, 10), 3);  // never from 3 to 3: that would stay close-on-exec
    ::close_range(4, ~0U, 0);
    ::execl("/bin/sh", "sh", "-c", k_script, path.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[0]);  // the other end stays open as long as we live
  int status = 0;
  if (pid < 0 || ::waitpid(pid, &status, 0) != pid || status != 0) {
    throw Failure("cannot start the process that removes " + path);
  }
}

/// The folder that holds all others.
class Root {
 public:
  Root() {
    const char* configured = std::getenv("TMPDIR");
    std::string base = configured != nullptr ? configured : "/tmp";
    if (base.empty() || base[0] != '/' || base.size() > 40) base = "/tmp";
    path = base + "/rcache-test-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) {
      throw Failure("cannot make " + path + ": " + std::strerror(errno));
    }
    watch_over(path);
  }
  ~Root() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::string path;
  std::atomic<unsigned> next{1};
};

Root& root() {
  static Root instance;
  return instance;
}

}  // namespace

TempDir::TempDir() : path_(root().path + "/" + std::to_string(root().next++)) {
  if (::mkdir(path_.c_str(), 0700) != 0) {
    throw Failure("cannot make " + path_ + ": " + std::strerror(errno));
  }
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::file(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

std::string TempDir::write(std::string_view name, std::string_view content) const {
  const std::string path = file(name);
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  ::chmod(path.c_str(), 0600);
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  if (!stream.flush()) throw Failure("cannot write " + path);
  return path;
}

std::string read_file(const std::string& path) {
  const std::ifstream stream(path, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  return content.str();
}

}  // namespace rcache::test
