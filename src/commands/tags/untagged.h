#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "commands/tags/survey.h"
#include "core/key_share.h"

namespace rcache::tags {

/// Looks for keys that no tag holds: gathers keys, crosses out those that a tag names, and looks
/// whether the rest is still there.
class Untagged {
 public:
  /// In:      `match`, the glob of the keys, with the key prefix.
  Untagged(std::shared_ptr<Survey> survey, std::string match);

  /// Gathers the keys of the share that is next. Containers of the layout are no such keys.
  /// Errors:  those of Scan::next(). Cost: one SCAN over the keyspace.
  asio::awaitable<Result<void>> gather_share();

  /// A tag names this key.
  void held(const std::string& key) { share_.remove(key); }

  /// Hands out what is left of the first share, whose tags have been walked, and works through all
  /// others.
  ///
  /// Cost:    one PTTL for each key that is left; for each further share one SCAN for its keys and
  ///          all members once more.
  using Found = std::function<void(const std::string& key)>;
  asio::awaitable<Result<void>> finish(Found found);

  std::uint64_t count() const { return count_; }
  const std::vector<std::string>& examples() const { return examples_; }  ///< as shown, sorted

 private:
  asio::awaitable<Result<void>> settle_share(const Found& found);
  asio::awaitable<Result<void>> ask(std::vector<std::string> keys, const Found& found);
  asio::awaitable<Result<void>> walk_tags();

  std::shared_ptr<Survey> survey_;
  std::string match_;
  KeyShare share_;
  std::uint64_t count_ = 0;
  std::vector<std::string> examples_;
};

}  // namespace rcache::tags
