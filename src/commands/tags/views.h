#pragma once

#include "commands/tags/survey.h"

namespace rcache::tags {

/// `rcache tags`. Cost: for each container TYPE, PTTL and SCARD. Memory: a row for each.
asio::awaitable<Result<Outcome>> list_tags(Context& context, Options options);

/// `rcache tags show`. Cost: see walk_members() and look_at_members(). Memory: some pages.
asio::awaitable<Result<Outcome>> show_tag(Context& context, Options options);

/// `rcache tags of`. Cost: for each container one SISMEMBER (ZSCORE, HEXISTS).
asio::awaitable<Result<Outcome>> tags_of_key(Context& context, Options options);

}  // namespace rcache::tags
