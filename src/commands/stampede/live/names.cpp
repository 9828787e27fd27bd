#include "commands/stampede/live/names.h"

#include <fmt/format.h>

namespace rcache::stampede::live {
namespace {

/// What a strategy keeps besides the values.
enum class Companion { none, meta, lock };

Companion companion_of(Strategy strategy) {
  if (strategy == Strategy::xfetch_nodelta) return Companion::meta;
  return uses_lock(strategy) ? Companion::lock : Companion::none;
}

}  // namespace

Names::Names(std::string_view run) : prefix_(fmt::format("rcache:stampede:{{{}}}:", run)) {}

std::string Names::value(std::uint32_t key) const {
  return prefix_ + fmt::format_int(key).str();
}

std::string Names::meta(std::uint32_t key) const {
  return value(key) + ":meta";
}

std::string Names::lock(std::uint32_t key) const {
  return value(key) + ":lock";
}

std::vector<std::string> Names::all(Strategy strategy, std::uint32_t keys) const {
  const auto companion = companion_of(strategy);
  std::vector<std::string> names;
  names.reserve(std::size_t{keys} * (companion == Companion::none ? 1 : 2));
  for (std::uint32_t key = 0; key < keys; ++key) {
    names.push_back(value(key));
    if (companion == Companion::meta) names.push_back(meta(key));
    if (companion == Companion::lock) names.push_back(lock(key));
  }
  return names;
}

std::string run_word(std::uint64_t random) {
  return fmt::format("{:016x}", random);
}

}  // namespace rcache::stampede::live
