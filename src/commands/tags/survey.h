#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/command.h"
#include "commands/tags/options.h"
#include "core/tag_layout.h"
#include "redis/deployment.h"
#include "redis/member_walk.h"

namespace rcache::tags {

/// A key that by its name holds a tag's members.
struct Container {
  std::string key;  ///< as the server has it
  TagNaming::Name name;
};

/// A look at the tags of a deployment, as all its parts see it.
struct Survey {
  Survey(Context& with, Options asked, TagNaming by, std::shared_ptr<redis::Deployment> over)
      : context(with), options(std::move(asked)), naming(std::move(by)), servers(std::move(over)) {}

  Context& context;
  Options options;
  TagNaming naming;
  std::shared_ptr<redis::Deployment> servers;
  std::chrono::microseconds round_trip{0};
  std::shared_ptr<redis::PageBudget> pages;  ///< of all walks side by side

  std::uint64_t lookups = 0;         ///< that servers count as hits or misses of ours
  std::vector<std::string> reasons;  ///< why not everything was seen
  bool stopped = false;
  std::optional<Error> refused;  ///< what no other tag would fare better with

  /// How to read one container.
  redis::MemberWalkOptions walk_options() const {
    redis::MemberWalkOptions walk;
    walk.type = naming.layout().type;
    walk.round_trip = round_trip;
    walk.budget = pages;
    return walk;
  }
  bool cluster() const { return servers->mode() == redis::Mode::cluster; }
  bool complete() const { return reasons.empty(); }
  /// Each reason is kept once, and of very many the first hundred.
  void say(std::string words);
  void stop(std::string words);
  /// A failure of one tag: said; a refusal that all would meet, and Ctrl-C, end the look.
  void fail_with(const Error& error);
  /// True when nothing more is to be done: also because of Ctrl-C.
  bool over();
  /// Without the key prefix, raw.
  std::string shown(std::string_view key) const;
};

/// Connects and reads the layout. Errors: usage, connect.
asio::awaitable<Result<std::shared_ptr<Survey>>> open_survey(Context& context, Options options);

/// Works on one container.
using ContainerVisitor = std::function<asio::awaitable<void>(Container)>;

/// Finds every container of the layout, once each, and works on several side by side.
///
/// What was not covered is said in the survey. Errors: those of Scan::next().
/// Cost:    one SCAN over the keyspace. Memory: the names of all containers.
asio::awaitable<Result<void>> for_each_container(std::shared_ptr<Survey> survey,
                                                 ContainerVisitor visit);

/// The containers of one tag that exist, sorted by key.
///
/// Cost:    one EXISTS for each that the layout knows by name; one SCAN over the keyspace where it
///          does not.
asio::awaitable<Result<std::vector<Container>>> find_tag(std::shared_ptr<Survey> survey,
                                                         std::string tag);

}  // namespace rcache::tags
