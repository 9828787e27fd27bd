#pragma once

#include <asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/key_prefix.h"
#include "core/tag_layout.h"
#include "redis/deployment.h"

namespace CLI {
class App;
}

namespace rcache {

/// How a command ended when nothing failed. `cli` turns it into an exit code.
enum class Outcome {
  done,        ///< done and healthy: 0
  findings,    ///< a check found something: 1
  incomplete,  ///< could not finish or cover everything: 4
  refused      ///< needs a confirmation or a cap was hit: 5
};

/// How text may look. Where it goes is known only to `cli`.
struct Look {
  bool color = false;     ///< escape codes for colour are welcome
  bool terminal = false;  ///< stdout is a terminal: it can be redrawn in place
  bool unicode = false;   ///< the locale is UTF-8: bars and sparklines may be drawn with blocks
  int width = 80;         ///< columns of the terminal; 80 when there is none
  int height = 24;        ///< rows of the terminal; 24 when there is none
};

/// Where results go: stdout for the result, stderr for the rest.
class Output {
 public:
  virtual ~Output() = default;
  virtual Look look() const = 0;
  /// Writes a part of the result. Errors: output; a closed pipe too, and then `pipe_closed()` is
  /// true.
  virtual Result<void> write(std::string_view text) = 0;
  virtual bool pipe_closed() const = 0;
  /// One line for the person at the terminal, on stderr: a warning or what is being waited for. Not
  /// with -q.
  virtual void note(std::string_view line) = 0;
  /// A line on stderr that the next one replaces: "scanned 1,200,000 keys". Only when stderr is a
  /// terminal, without -q, and from one second on. An empty text removes it.
  virtual void progress(std::string_view line) = 0;
};

/// Time, so that a test can have its own.
class Clock {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  /// Seconds since 1970, for files that outlive the run.
  virtual std::int64_t unix_milliseconds() const = 0;
  /// Errors: interrupted, at once, when a signal comes.
  virtual asio::awaitable<Result<void>> sleep(std::chrono::milliseconds duration) = 0;
};

/// What is known of the target before anybody asks it.
struct Safety {
  std::string profile;               ///< its name; empty when none was used
  bool production = false;           ///< destructive commands want the profile's name typed
  std::vector<std::string> protect;  ///< globs of keys that no command may remove
  int database = 0;
};

/// The person at the terminal, for questions.
class Prompt {
 public:
  virtual ~Prompt() = default;
  /// True when stdin and stderr are terminals.
  virtual bool can_ask() const = 0;
  /// Shows the text and waits for one line.
  /// Errors:  interrupted; refused when stdin ends.
  virtual asio::awaitable<Result<std::string>> ask(std::string text) = 0;
};

/// All that a running command may touch of the world.
struct Context {
  Output& output;
  Clock& clock;
  Interrupt& interrupt;
  /// Connects to what the connection flags, the environment and the profile name. Errors: usage,
  /// connect.
  std::function<asio::awaitable<Result<std::shared_ptr<redis::Deployment>>>()> connect;
  /// The same for the server at `url`, without any other setting. For `demo`, which starts its own.
  std::function<asio::awaitable<Result<std::shared_ptr<redis::Deployment>>>(std::string url)>
      connect_to;
  /// What the application's client library puts before every key; "" when nothing.
  KeyPrefix key_prefix = {};
  /// The config file's own layouts of tags.
  std::vector<TagLayout> tag_layouts = {};
  Safety safety = {};
  /// How long to wait for somebody to answer, or to take over: -t, as for each reply.
  std::chrono::milliseconds patience{10'000};
  Prompt* prompt = nullptr;  ///< null: there is nobody to ask
  /// Set by a command that runs another program: that one's exit code becomes ours.
  std::optional<int> exit_code = {};
};

/// One subcommand: its parser, and what to do when it was chosen.
struct Command {
  CLI::App* app = nullptr;
  enum class Server { needed, not_needed } server = Server::needed;
  std::function<asio::awaitable<Result<Outcome>>(Context&)> run;
  /// Of a command that needs a server: whether it does with what was typed. Empty: it always does.
  std::function<bool()> asks_server = {};
};

}  // namespace rcache
