#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/app.h"

namespace {

/// A closed stdin, stdout or stderr would give its number to the next socket that is opened, and a
/// message would go to the server.
void open_missing_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) == -1) ::open("/dev/null", O_RDWR);
  }
}

std::map<std::string, std::string> variables() {
  std::map<std::string, std::string> all;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view line = *each;
    const auto equals = line.find('=');
    if (equals != std::string_view::npos)
      all.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return all;
}

/// /proc/PID/cmdline is readable by everybody: what can hold a password is wiped there as soon as
/// it was copied. The moment before that cannot be helped, and --help says so.
void wipe_passwords(int count, char** words) {
  const auto wipe = [](char* text) { std::memset(text, '*', std::strlen(text)); };
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    std::size_t value = std::string_view::npos;  // where in the word it begins
    for (const std::string_view flag : {"--pass", "--url"}) {
      if (word == flag) value = word.size();
      if (word.starts_with(flag) && word.substr(flag.size()).starts_with('='))
        value = flag.size() + 1;
    }
    if (word.starts_with('-') && !word.starts_with("--")) {
      // Flags without a value can stand before it: -qaPASSWORD.
      const auto letter = word.find_first_not_of("qc", 1);
      if (letter != std::string_view::npos && (word[letter] == 'a' || word[letter] == 'u'))
        value = letter + 1;
    }
    if (value == std::string_view::npos) continue;
    if (value < word.size()) {
      wipe(words[i] + value);
    } else if (i + 1 < count) {
      wipe(words[++i]);
    }
  }
}

}  // namespace

int main(int count, char** words) {
  open_missing_streams();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a write past the limit for files fails like any other
  try {
    std::vector<std::string> arguments(words + (count > 0 ? 1 : 0), words + count);
    wipe_passwords(count, words);
    return rcache::cli::run(std::move(arguments), rcache::cli::Environment(variables()),
                            rcache::cli::Terminal{});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rcache: bug: %s\nhint: please report what you did\n", error.what());
    return rcache::cli::k_exit_bug;
  }
}
