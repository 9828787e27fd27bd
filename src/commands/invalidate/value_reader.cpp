#include "commands/invalidate/value_reader.h"

#include <fmt/format.h>

#include "commands/invalidate/answers.h"
#include "commands/invalidate/saver.h"
#include "redis/refusal.h"
#include "redis/server_time.h"

namespace rcache::invalidate {
namespace {

redis::ExpiryCommand expiry_command(const Job& job, const redis::Address& address) {
  for (const auto& node : job.servers->nodes()) {
    if (node.address == address) return redis::expiry_command_of(node.identity);
  }
  return redis::ExpiryCommand::pttl;
}

}  // namespace

ValueReader::ValueReader(std::shared_ptr<Job> job, const Removal& removal,
                         std::shared_ptr<redis::Client> client)
    : job_(std::move(job)),
      node_(removal.node),
      client_(std::move(client)),
      expiry_(expiry_command(*job_, node_)) {}

asio::awaitable<Result<Saved>> ValueReader::read(Keys keys, Watch watch) {
  redis::Commands commands;
  if (watch == Watch::yes) {
    std::vector<std::string_view> words{"WATCH"};
    words.insert(words.end(), keys.begin(), keys.end());
    commands.add(words);
  }
  commands.add({"TIME"});
  for (const auto& key : keys) {
    commands.add({redis::to_string(expiry_), key});
    commands.add({"DUMP", key});
  }
  auto replies = co_await client_->pipeline(std::move(commands));
  if (!replies) co_return fail(std::move(replies).error());
  Saved saved;
  std::size_t next = 0;
  if (watch == Watch::yes) {
    if (const auto* error = (*replies)[next++].error()) {
      const auto refused = *error;
      enter_refused(std::move(keys), refused, saved);
      co_return saved;
    }
  }
  const auto now = redis::read_server_time((*replies)[next++]);
  for (auto& key : keys) {
    const auto& expiry = (*replies)[next++];
    auto& dump = (*replies)[next++];
    take(std::move(key), expiry, dump, now, saved);
  }
  co_return saved;
}

asio::awaitable<Result<void>> ValueReader::store(const std::vector<backup::Value>& values) {
  if (values.empty()) co_return Result<void>();
  for (const auto& value : values) job_->saver->writer().add(value);
  const auto saver = job_->saver;
  co_return co_await saver->durable();
}

void ValueReader::enter_refused(Keys keys, const redis::ServerError& error, Saved& saved) {
  const auto answer = answer_to(error);
  if (answer == Answer::other_command) {
    saved.refused = redis::refusal(redis::to_string(node_), error);
    for (const auto& key : keys) job_->ledger.failed(node_, key, redis::own_words(error));
  } else if (answer == Answer::later || answer == Answer::redirected) {
    append(saved.open, std::move(keys));
  } else if (keys.size() == 1) {
    job_->ledger.failed(node_, keys.front(), redis::own_words(error));
  } else {
    append(saved.open,
           std::move(keys));  // one of them is not allowed: they come again one by one
  }
}

void ValueReader::take(std::string key, const redis::Reply& expiry, redis::Reply& dump,
                       std::optional<std::int64_t> now, Saved& saved) {
  if (const auto* error = dump.error()) return enter_refused({std::move(key)}, *error, saved);
  auto* bytes = dump.get<std::string>();
  if (bytes == nullptr) {
    const Keys one{std::move(key)};
    return job_->ledger.settled(node_, one, 0);
  }
  backup::Value value{std::move(key), std::move(*bytes), std::nullopt, now.value_or(0)};
  const auto expires = redis::read_expiry(expiry, expiry_, now);
  if (!expires) {
    return job_->ledger.failed(
        node_, value.key, fmt::format("its expiry cannot be saved: {}", expires.error().message));
  }
  value.expires_unix_ms = *expires;
  saved.values.push_back(std::move(value));
}

void stop_unsaved(Job& job, const redis::Address& node, const std::vector<backup::Value>& values,
                  const Error& error) {
  for (const auto& value : values) job.ledger.failed(node, value.key, "it could not be saved");
  job.stop(Reason::backup, error.message);
}

}  // namespace rcache::invalidate
