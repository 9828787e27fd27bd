#include "commands/demo/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "commands/demo/child.h"
#include "commands/demo/dataset.h"
#include "commands/demo/private_server.h"
#include "commands/flags.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::demo {
namespace {

using namespace std::chrono_literals;

constexpr auto k_start_deadline = 10s;

struct Options {
  std::size_t keys = 50'000;
  std::uint64_t seed = 1;
  std::string server;
  std::vector<std::string> command;
};

Result<std::size_t> parse_keys(std::string_view text) {
  const auto keys = parse_count(text);
  if (keys && *keys >= static_cast<std::int64_t>(k_least_keys) &&
      *keys <= static_cast<std::int64_t>(k_most_keys)) {
    return static_cast<std::size_t>(*keys);
  }
  return fail(ErrorKind::usage, fmt::format("'{}' is not a number from {} to {}", printable(text),
                                            k_least_keys, k_most_keys));
}

Result<std::uint64_t> parse_seed(std::string_view text) {
  if (const auto seed = parse_count(text)) return static_cast<std::uint64_t>(*seed);
  return fail(ErrorKind::usage, fmt::format("'{}' is not a whole number", printable(text)));
}

asio::awaitable<Result<void>> until_ready(Context& context, std::shared_ptr<PrivateServer> server) {
  const auto deadline = context.clock.now() + k_start_deadline;
  for (;;) {
    const auto ready = server->is_ready();
    if (!ready) co_return fail(ready.error());
    if (*ready) co_return Result<void>();
    if (context.clock.now() > deadline) {
      co_return fail(ErrorKind::connect, "the private server accepts no connection after 10 s");
    }
    auto slept = co_await context.clock.sleep(2ms);
    if (!slept) co_return fail(std::move(slept).error());
  }
}

/// Asks for the server's time until it has come: what the next chunk wants to find expired has then
/// expired.
asio::awaitable<Result<void>> until_time(Context& context, redis::Client& client,
                                         std::int64_t wanted_ms) {
  for (;;) {
    redis::Args words{"TIME"};
    auto reply = co_await client.send(std::move(words));
    if (!reply) co_return fail(std::move(reply).error());
    const auto* parts = reply->get<std::vector<redis::Reply>>();
    const auto* seconds = parts && parts->size() == 2 ? parts->front().get<std::string>() : nullptr;
    const auto* microseconds = seconds ? parts->back().get<std::string>() : nullptr;
    const auto whole = seconds ? parse_count(*seconds) : Result<std::int64_t>(0);
    const auto rest = microseconds ? parse_count(*microseconds) : Result<std::int64_t>(0);
    if (!microseconds || !whole || !rest) co_return fail(ErrorKind::protocol, "TIME gave no time");
    if (*whole * 1'000 + *rest / 1'000 >= wanted_ms) co_return Result<void>();
    auto slept = co_await context.clock.sleep(2ms);
    if (!slept) co_return fail(std::move(slept).error());
  }
}

/// Sends a whole data set, chunk by chunk.
asio::awaitable<Result<void>> fill(Context& context, redis::Client& client, Plan plan) {
  Dataset dataset(std::move(plan));
  auto last_progress = context.clock.now();
  for (Chunk chunk = dataset.next(); !chunk.commands.empty(); chunk = dataset.next()) {
    if (chunk.not_before_ms > 0) {
      auto waited = co_await until_time(context, client, chunk.not_before_ms);
      if (!waited) co_return fail(std::move(waited).error());
    }
    redis::Commands commands;
    for (const Words& words : chunk.commands) commands.add(words);
    const auto replies = co_await client.pipeline(std::move(commands));
    if (!replies) co_return fail(replies.error());
    for (std::size_t i = 0; i < replies->size(); ++i) {
      if (const auto* error = (*replies)[i].error()) {
        co_return fail(ErrorKind::server,
                       fmt::format("the private server refused {}: {}", chunk.commands[i].front(),
                                   printable(error->text)));
      }
    }
    if (const auto now = context.clock.now(); now - last_progress > 100ms) {
      last_progress = now;
      context.output.progress(fmt::format(
          "filling the demo's cache: {}",
          format_ratio(static_cast<double>(dataset.done()) / static_cast<double>(dataset.size()))));
    }
  }
  context.output.progress("");
  co_return Result<void>();
}

/// Runs the command and waits for its end, through Ctrl-C and SIGTERM: those are for the command to
/// answer.
asio::awaitable<Result<int>> run_child(Context& context, std::vector<std::string> words,
                                       std::string url) {
  auto started = Child::start(words, environment_for(url));
  if (!started) co_return fail(std::move(started).error());
  const auto child = std::make_shared<Child>(std::move(*started));

  Interrupt& interrupt = context.interrupt;
  const bool hears_terminal = owns_terminal();
  const auto token = interrupt.listen([child, &interrupt, hears_terminal] {
    // A Ctrl-C went to everybody at the terminal; passing it on would make it two.
    if (interrupt.signal() != SIGINT || !hears_terminal) child->signal(interrupt.signal());
  });
  auto pause = 1ms;
  auto code = child->exit_code();
  while (!code) {
    const auto slept = co_await context.clock.sleep(pause);
    // After an interruption no sleep lasts, and nothing is left to do but wait.
    if (!slept) std::this_thread::sleep_for(pause);
    pause = std::min<std::chrono::milliseconds>(pause * 2, 20ms);
    code = child->exit_code();
  }
  interrupt.ignore(token);
  co_return *code;
}

std::string quoted(const std::string& word) {
  static constexpr std::string_view k_plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:%";
  if (word.find_first_not_of(k_plain) == std::string::npos) return word;
  std::string result = "'";
  for (const char letter : word) result += letter == '\'' ? "'\\''" : std::string(1, letter);
  return result + "'";
}

std::string invitation(const Plan& plan, const std::string& url, const std::string& socket_path) {
  return fmt::format(
      "A private server with {} keys is ready, until you press Ctrl-C:\n"
      "\n"
      "  export RCACHE_URL={}\n"
      "\n"
      "In another terminal, try:\n"
      "\n"
      "  rcache stats -u {}\n"
      "  redis-cli -s {} --scan --pattern 'contacts:org1:*'\n",
      format_count(plan.keys), url, url, quoted(socket_path));
}

/// Waits for Ctrl-C. Errors: connect, when the server ends before.
asio::awaitable<Result<Outcome>> wait(Context& context, std::shared_ptr<PrivateServer> server) {
  for (;;) {
    const auto slept = co_await context.clock.sleep(200ms);
    if (!slept) co_return Outcome::done;
    auto alive = server->is_alive();
    if (!alive) co_return fail(std::move(alive).error());
  }
}

asio::awaitable<Result<Outcome>> run_demo(Context& context, Options options) {
  if (!options.command.empty()) {
    auto found = can_be_found(options.command.front());
    if (!found) co_return fail(std::move(found).error());
  }

  ServerOptions server_options;
  server_options.program = options.server;
  // A key takes about 310 bytes; a cache that evicts would not be the one that was planned.
  server_options.max_memory_bytes =
      std::max<std::uint64_t>(server_options.max_memory_bytes, options.keys * 1'024);
  auto started = PrivateServer::start(server_options);
  if (!started) co_return fail(std::move(started).error());
  const auto server = std::make_shared<PrivateServer>(std::move(*started));
  auto ready = co_await until_ready(context, server);
  if (!ready) co_return fail(std::move(ready).error());

  const Plan plan = make_plan(options.keys, options.seed, context.clock.unix_milliseconds());
  {
    auto deployment = co_await context.connect_to(server->url());
    if (!deployment) co_return fail(std::move(deployment).error());
    auto filled = co_await fill(context, *(*deployment)->nodes().front().client, plan);
    if (!filled) co_return fail(std::move(filled).error());
  }  // Our own connection is not part of what the command should see.

  if (options.command.empty()) {
    auto written = context.output.write(invitation(plan, server->url(), server->socket_path()));
    if (!written) co_return fail(std::move(written).error());
    co_return co_await wait(context, server);
  }
  if (context.interrupt.requested()) co_return fail(ErrorKind::interrupted, "interrupted");
  const auto code = co_await run_child(context, options.command, server->url());
  if (!code) co_return fail(code.error());
  context.exit_code = *code;
  co_return Outcome::done;
}

}  // namespace

Command add_demo(CLI::App& tree) {
  auto* app = tree.add_subcommand(
      "demo", "A playground: a private throwaway server with a believable cache");
  auto options = std::make_shared<Options>();
  add_value(*app, "--keys", options->keys, parse_keys, "N",
            "How many keys, 1000 to 5000000 (50000)");
  add_value(*app, "--seed", options->seed, parse_seed, "N",
            "The same number gives the same cache, another a different one (1)");
  app->add_option("--server", options->server,
                  "Server program (redis-server, else valkey-server, on PATH)")
      ->type_name("PROGRAM");
  app->add_option("command", options->command,
                  "Run this with RCACHE_URL set, and end the server with it; put it after --")
      ->type_name("COMMAND");
  return {app, Command::Server::not_needed,
          [options](Context& context) { return run_demo(context, *options); }};
}

}  // namespace rcache::demo
