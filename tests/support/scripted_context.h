#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/command.h"
#include "support/scripted_client.h"

namespace rcache::test {

/// Keeps what a command writes.
class KeptOutput : public Output {
 public:
  Look look() const override { return wanted_look; }
  Result<void> write(std::string_view text) override;
  bool pipe_closed() const override { return closed; }
  void note(std::string_view line) override { notes.emplace_back(line); }
  void progress(std::string_view line) override { last_progress = line; }

  Look wanted_look = {};
  bool closed = false;  ///< the reader is gone
  std::string out;
  std::vector<std::string> notes;
  std::string last_progress;
};

/// A clock that only moves when somebody sleeps, and then at once.
class FakeClock : public Clock {
 public:
  Instant now() const override { return Instant(elapsed); }
  std::int64_t unix_milliseconds() const override { return 1'700'000'000'000 + elapsed.count(); }
  asio::awaitable<Result<void>> sleep(std::chrono::milliseconds duration) override;

  std::chrono::milliseconds elapsed{0};
  /// Interrupted at the sleep with this number (the first is 1); 0: never.
  int interrupt_at_sleep = 0;
  int sleeps = 0;
};

/// A person at the terminal who gives one answer.
class ScriptedPrompt : public Prompt {
 public:
  explicit ScriptedPrompt(std::optional<std::string> answer) : answer_(std::move(answer)) {}
  bool can_ask() const override { return answer_.has_value(); }
  asio::awaitable<Result<std::string>> ask(std::string text) override;

  std::string asked;  ///< all that was shown

 private:
  std::optional<std::string> answer_;
};

/// What a command is told besides its flags.
struct Surroundings {
  KeyPrefix key_prefix = {};
  Safety safety = {};
  std::optional<std::string> answer = {};  ///< empty: nobody can be asked
};

/// What came of a command line.
struct LineResult {
  Result<Outcome> outcome;
  std::string out;
  std::vector<std::string> notes;
  std::string asked = {};  ///< the question's text; empty when nobody was asked
};

/// Parses a command line with the real parser and runs it against scripted servers.
///
/// In:      the words behind "rcache", separated by blanks; no quoting.
LineResult run_line(const std::string& line, std::shared_ptr<redis::Deployment> servers,
                    KeptOutput output = {}, FakeClock clock = {}, Surroundings surroundings = {});

}  // namespace rcache::test
