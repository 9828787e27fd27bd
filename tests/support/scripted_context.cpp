#include "support/scripted_context.h"

#include <sstream>

#include "cli/parser.h"
#include "support/run.h"

namespace rcache::test {

Result<void> KeptOutput::write(std::string_view text) {
  if (closed) return fail(ErrorKind::output, "the reader of the output is gone");
  out += text;
  return {};
}

asio::awaitable<Result<void>> FakeClock::sleep(std::chrono::milliseconds duration) {
  if (++sleeps == interrupt_at_sleep) co_return fail(ErrorKind::interrupted, "interrupted");
  elapsed += duration;
  co_return Result<void>();
}

asio::awaitable<Result<std::string>> ScriptedPrompt::ask(std::string text) {
  asked += text;
  co_return *answer_;
}

namespace {

asio::awaitable<Result<std::shared_ptr<redis::Deployment>>> hand_over(
    std::shared_ptr<redis::Deployment> servers) {
  co_return servers;
}

}  // namespace

LineResult run_line(const std::string& line, std::shared_ptr<redis::Deployment> servers,
                    KeptOutput output, FakeClock clock, Surroundings surroundings) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  cli::Parser parser;
  auto invocation = parser.parse(words);
  if (!invocation) return {fail(std::move(invocation).error()), {}, {}};
  Interrupt interrupt;
  ScriptedPrompt prompt(std::move(surroundings.answer));
  Context context{
      .output = output,
      .clock = clock,
      .interrupt = interrupt,
      .connect = [&servers] { return hand_over(servers); },
      .connect_to = [&servers](std::string) { return hand_over(servers); },
      .key_prefix = std::move(surroundings.key_prefix),
      .safety = std::move(surroundings.safety),
      .prompt = &prompt,
  };
  auto outcome = run(invocation->command->run(context));
  return {std::move(outcome), std::move(output.out), std::move(output.notes),
          std::move(prompt.asked)};
}

}  // namespace rcache::test
