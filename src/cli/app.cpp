#include "cli/app.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <csignal>
#include <exception>

#include "cli/parser.h"
#include "cli/password.h"
#include "cli/prompt.h"
#include "cli/steady_clock.h"
#include "core/interrupt.h"
#include "core/key.h"
#include "redis/topology.h"

namespace rcache::cli {
namespace {

using Connected = Result<std::shared_ptr<redis::Deployment>>;

/// The first signal asks politely, the second one ends the program where it stands.
class SignalWatch {
 public:
  SignalWatch(asio::io_context& io, Interrupt& interrupt)
      : signals_(io, SIGINT, SIGTERM, SIGHUP), interrupt_(interrupt) {
    wait();
  }
  /// From here on only the end is left: it is not for a late signal to change the exit code.
  void stop() {
    sigset_t late;
    sigemptyset(&late);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&late, signal);
    ::pthread_sigmask(SIG_BLOCK, &late, nullptr);
    signals_.cancel();
  }

 private:
  void wait() {
    signals_.async_wait([this](asio::error_code error, int signal) {
      if (error) return;
      if (interrupt_.insisted()) ::_exit(128 + signal);
      interrupt_.request(signal);
      wait();
    });
  }

  asio::signal_set signals_;
  Interrupt& interrupt_;
};

asio::awaitable<Connected> connect_to(std::string url, Interrupt& interrupt) {
  auto endpoint = redis::parse_url(url);
  if (!endpoint) co_return fail(std::move(endpoint).error());
  redis::ConnectSettings settings;
  settings.endpoint = std::move(*endpoint);
  co_return co_await redis::connect(std::move(settings), interrupt);
}

/// Connects, and with --verbose says to whom.
asio::awaitable<Connected> connect(const Target& target, bool verbose, Interrupt& interrupt,
                                   Io& io) {
  auto servers = co_await redis::connect(target.settings, interrupt);
  if (!servers || !verbose) co_return servers;
  for (const auto& node : (*servers)->nodes()) {
    const auto& identity = node.identity;
    io.note(fmt::format("rcache: connected to {}: {} {} {} {}, run_id {}", to_string(node.address),
                        printable(identity.flavor), printable(identity.version),
                        printable(identity.mode), printable(identity.role),
                        printable(identity.run_id)));
  }
  for (const auto& gap : (*servers)->gaps())
    io.note(fmt::format("rcache: cannot reach {}: {}", gap.what, gap.why));
  co_return servers;
}

/// A core file would hold the password in clear.
void forbid_core_files() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

Safety safety_of(const Target& target) {
  Safety safety;
  safety.database = target.settings.endpoint.database;
  if (!target.profile) return safety;
  safety.profile = target.profile->name;
  safety.production = target.profile->production;
  safety.protect = target.profile->protect;
  return safety;
}

void warn(const ConnectionFlags& flags, Io& io, const Target& target) {
  if (target.settings.endpoint.tls.enabled && !target.settings.endpoint.tls.verify) {
    io.note("rcache: warning: --insecure: the server's certificate is not verified");
  }
  if (flags.password && !flags.no_auth_warning && ::isatty(STDERR_FILENO) == 1) {
    io.note(
        "rcache: warning: a password on the command line can be seen by others (--askpass, "
        "--pass-file)");
  }
}

/// Runs the command's coroutine to its end.
Result<Outcome> run_command(const Command& command, Context& context, asio::io_context& io,
                            SignalWatch& signals) {
  std::optional<Result<Outcome>> result;
  std::exception_ptr bug;
  asio::co_spawn(io, command.run(context), [&](std::exception_ptr error, Result<Outcome> outcome) {
    bug = error;
    result = std::move(outcome);
    signals.stop();
    io.stop();
  });
  io.run();
  if (bug) std::rethrow_exception(bug);
  // What the command left behind (connections that close, scans that stop) comes to its own end.
  io.restart();
  io.run_for(std::chrono::milliseconds(100));
  return std::move(*result);
}

int finish(const Result<Outcome>& result, const Context& context, Io& io) {
  if (result) {
    if (context.exit_code) return *context.exit_code;
    return context.interrupt.requested() ? 128 + context.interrupt.signal() : exit_code(*result);
  }
  const auto& error = result.error();
  // Whoever closed the pipe or pressed Ctrl-C knows it.
  if (error.kind == ErrorKind::output && io.pipe_closed()) return k_exit_ok;
  if (error.kind != ErrorKind::interrupted) io.print_error(error);
  return exit_code(error, context.interrupt.signal());
}

}  // namespace

int run(std::vector<std::string> words, const Environment& environment, Terminal terminal) {
  Io io(terminal, environment);
  Parser parser;
  auto invocation = parser.parse(std::move(words));
  if (!invocation) {
    io.print_error(invocation.error());
    return exit_code(invocation.error(), 0);
  }
  io.set_quiet(parser.common().quiet);
  io.set_color(parser.common().color);
  if (invocation->command == nullptr) {
    if (auto printed = io.write(invocation->print); !printed && !io.pipe_closed()) {
      io.print_error(printed.error());
      return exit_code(printed.error(), 0);
    }
    return k_exit_ok;
  }

  Target target;
  const auto& command = *invocation->command;
  if (command.server == Command::Server::needed &&
      (!command.asks_server || command.asks_server())) {
    auto resolved = resolve_target(parser.connection(), environment, real_password_sources());
    if (!resolved) {
      io.print_error(resolved.error());
      return exit_code(resolved.error(), 0);
    }
    target = std::move(*resolved);
    if (target.settings.endpoint.password) forbid_core_files();
    warn(parser.connection(), io, target);
  }

  Interrupt interrupt;  // outlives the coroutines that the context still holds at the end
  asio::io_context context_of_all(1);
  SignalWatch signals(context_of_all, interrupt);
  SteadyClock clock(interrupt);
  TerminalPrompt prompt(io, interrupt);
  Context context{
      .output = io,
      .clock = clock,
      .interrupt = interrupt,
      .connect = [&] { return connect(target, parser.common().verbose, interrupt, io); },
      .connect_to = [&](std::string url) { return connect_to(std::move(url), interrupt); },
      .key_prefix = KeyPrefix(target.key_prefix),
      .tag_layouts = target.tag_layouts,
      .safety = safety_of(target),
      .patience = target.settings.reply_timeout,
      .prompt = &prompt,
  };
  const auto result = run_command(*invocation->command, context, context_of_all, signals);
  return finish(result, context, io);
}

}  // namespace rcache::cli
