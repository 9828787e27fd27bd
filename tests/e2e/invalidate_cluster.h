#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "e2e/invalidate.h"
#include "support/cluster.h"

namespace rcache::test {

/// What `rcache invalidate --yes -o json` came to.
struct Invalidation {
  ProgramResult program;
  Json receipt;  ///< an object without fields when there was none on stdout

  long long count(const std::string& field) const { return receipt.value(field, -1LL); }
  bool complete() const { return receipt.value("complete", false); }
};

inline std::vector<std::string> invalidate_words(const std::string& url,
                                                 std::vector<std::string> words) {
  words.insert(words.begin(), {"invalidate", "-u", url, "--yes", "-o", "json"});
  return words;
}

/// The receipt of a run that has ended. Its sums hold, however it ended, and only exit 0 is
/// complete.
inline Invalidation invalidation_of(const ProgramResult& result) {
  Invalidation run{result, Json::object()};
  CAPTURE(result.describe());
  CHECK(result.signal == 0);
  CHECK(result.left_behind.empty());
  if (result.out.empty()) return run;
  REQUIRE(Json::accept(result.out));
  run.receipt = Json::parse(result.out);
  CHECK(run.count("removed") + run.count("expiring") + run.count("gone") + run.count("failed") +
            run.count("protected") ==
        run.count("matched"));
  CHECK(run.complete() == (result.exit_code == 0));
  if (!run.complete()) CHECK(run.receipt["reason"] != "done");
  return run;
}

inline Invalidation invalidate(const std::string& url, std::vector<std::string> words) {
  return invalidation_of(run_rcache(invalidate_words(url, std::move(words))));
}

/// How often the server has been sent a command, by its name in INFO commandstats ("scan").
inline long long calls(Server& server, const std::string& command) {
  const auto text = server.info("cmdstat_" + command);
  const auto at = text.find("calls=");
  return at == std::string::npos ? 0 : std::atoll(text.c_str() + at + 6);
}

/// All names on one server that match, whoever owns their slots. Only for servers that nobody
/// writes to now.
inline std::vector<std::string> names_on(Server& server, const std::string& pattern) {
  std::vector<std::string> names;
  for (const auto& name : server.command({"KEYS", pattern}).items) names.push_back(name.text);
  return names;
}

/// The same on all running primaries.
inline std::vector<std::string> names_on(Cluster& cluster, const std::string& pattern) {
  std::vector<std::string> all;
  for (const auto index : cluster.primaries()) {
    auto names = names_on(cluster.node(index), pattern);
    all.insert(all.end(), names.begin(), names.end());
  }
  return all;
}

/// Waits until the run is at work: so many removals have reached the server.
inline void wait_for_calls(Server& server, const std::string& command, long long at_least,
                           Program& program) {
  wait_until(std::to_string(at_least) + " calls of " + command, [&] {
    if (!program.running())
      throw Failure("the run was over too early: " + program.wait().describe());
    return calls(server, command) >= at_least;
  });
}

}  // namespace rcache::test
