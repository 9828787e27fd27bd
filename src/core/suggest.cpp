#include "core/suggest.h"

#include <algorithm>

namespace rcache {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::optional<std::string> suggest(std::string_view typed, const std::vector<std::string>& known) {
  constexpr std::size_t k_shortest_word = 3;  // any two flags of one letter are near each other
  constexpr std::size_t k_longest_word = 64;
  if (typed.size() < k_shortest_word || typed.size() > k_longest_word) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(1, typed.size() / 3) + 1;
  for (const auto& word : known) {
    const auto d = distance(typed, word);
    // "stat" for "stats", "hit" for "hit-ratio": a beginning of three letters or more is a good
    // hint, too.
    const bool beginning = typed.size() >= 3 && word.starts_with(typed);
    const auto effective = beginning ? std::min<std::size_t>(d, 1) : d;
    if (effective < best_distance) {
      best_distance = effective;
      best = word;
    }
  }
  return best;
}

}  // namespace rcache
