#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "commands/invalidate/page.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::invalidate {
namespace {

using render::Align;
using render::Tone;

constexpr std::size_t k_word_bytes = 64;
constexpr std::size_t k_addresses_bytes = 256;
constexpr std::size_t k_reason_bytes = 256;

/// A server's own word for its role, in the words of everybody else.
std::string role_word(std::string_view word) {
  if (word == "master") return "primary";
  if (word == "slave") return "replica";
  return printable(word, k_word_bytes);
}

/// "redis 7.0.15 at 127.0.0.1:6379 (db 0, primary, run_id 3f2a91c0)".
std::string title(const Target& target) {
  constexpr std::string_view k_comma = ", ";
  std::string_view rest = target.server;
  const auto take = [&] {
    const auto piece = rest.substr(0, rest.find(k_comma));
    rest.remove_prefix(std::min(piece.size() + k_comma.size(), rest.size()));
    return piece;
  };
  const auto program = take();
  std::vector<std::string> details{fmt::format("db {}", target.database)};
  while (!rest.empty()) details.push_back(role_word(take()));
  if (!target.run_id.empty()) details.push_back("run_id " + printable(target.run_id, k_word_bytes));
  return fmt::format("{} at {} ({})", program.empty() ? "server" : printable(program, k_word_bytes),
                     printable(target.addresses, k_addresses_bytes), fmt::join(details, k_comma));
}

void add_target(Page& page, const Target& target) {
  page.paragraph(title(target), Tone::heading);
  const auto profile =
      target.profile.empty() ? "" : "profile " + printable(target.profile, k_word_bytes);
  if (target.production) {
    page.paragraph("PRODUCTION" + (profile.empty() ? "" : ": " + profile), Tone::fail);
  } else if (!profile.empty()) {
    page.paragraph(profile);
  }
}

std::uint64_t removable(const Plan& plan) {
  return plan.matched - std::min(plan.protected_keys, plan.matched);
}

/// "would remove 12,345 of 1,000,000 keys".
std::string intent(const Plan& plan) {
  if (plan.matched == 0) return "nothing matches";
  const auto keys =
      fmt::format("{} of {}", format_count(removable(plan)), counted(plan.target.keys, "key"));
  if (!plan.spread_seconds) return "would remove " + keys;
  return fmt::format("would let {} expire within {}", keys, format_seconds(*plan.spread_seconds));
}

void add_facts(Page& page, const Plan& plan) {
  if (plan.matched > 0 && !plan.patterns.empty()) page.fact("Patterns", page.names(plan.patterns));
  if (plan.matched > 0 && !plan.tags.empty()) page.fact("Tags", page.names(plan.tags));
  if (!plan.tag_sets.empty()) page.fact("Tag sets", page.names(plan.tag_sets));
  if (plan.protected_keys > 0) {
    page.fact("Protected", {counted(plan.protected_keys, "more matching key") + " would stay"});
  }
}

void add_nodes(Page& page, const std::vector<NodePlan>& nodes) {
  if (nodes.size() < 2) return;
  render::Table table({{"Node", Align::left, true, false, 21},
                       {"scanned", Align::right},
                       {"matching", Align::right}});
  for (const auto& node : nodes) {
    table.add({printable(node.address, k_addresses_bytes), format_count(node.scanned),
               format_count(node.matched)});
  }
  page.blank();
  page.table(table);
}

std::string_view words_of(TtlClass ttl) {
  switch (ttl) {
    case TtlClass::minute:
      return "up to 1m";
    case TtlClass::hour:
      return "up to 1h";
    case TtlClass::day:
      return "up to 1d";
    case TtlClass::longer:
      return "over 1d";
    case TtlClass::none:
      break;
  }
  return "no TTL";
}

std::string share(std::uint64_t part, std::uint64_t whole, std::string_view what) {
  const double ratio = static_cast<double>(part) / static_cast<double>(whole);
  return fmt::format("{} {}", format_ratio(ratio), what);
}

/// What the sample says, and of how many keys: "90.0% string, 10.0% hash (of 1,000 sampled keys)".
void add_sample_fact(Page& page, std::string_view label, std::vector<std::string> pieces,
                     std::uint64_t sampled) {
  if (pieces.empty()) return;
  pieces.back() += fmt::format(" (of {})", counted(sampled, "sampled key"));
  page.fact(label, pieces);
}

void add_sample(Page& page, const Plan& plan) {
  if (plan.sampled == 0 && plan.examples.empty()) return;
  page.blank();
  if (plan.sampled > 0) {
    std::vector<std::string> pieces;
    for (const auto& [ttl, keys] : plan.ttl_classes) {
      if (keys > 0) pieces.push_back(share(keys, plan.sampled, words_of(ttl)));
    }
    add_sample_fact(page, "TTL", std::move(pieces), plan.sampled);

    std::vector<std::pair<std::uint64_t, std::string>> types;
    for (const auto& [type, keys] : plan.types) types.emplace_back(keys, type);
    std::stable_sort(types.begin(), types.end(),
                     [](const auto& left, const auto& right) { return left.first > right.first; });
    pieces.clear();
    for (const auto& [keys, type] : types) {
      pieces.push_back(share(keys, plan.sampled, printable(type, k_word_bytes)));
    }
    add_sample_fact(page, "Types", std::move(pieces), plan.sampled);
  }
  std::string_view label = "Examples";
  for (const auto& example : plan.examples) {
    page.fact(label, {page.name(example)});
    label = "";
  }
}

/// Last, where the eye is when the question comes.
void add_warnings(Page& page, const Plan& plan) {
  const bool all = plan.target.keys > 0 && plan.matched >= plan.target.keys;
  if (!all && plan.complete) return;
  page.blank();
  if (all) page.paragraph("WARNING: every key of the database matches", Tone::warn);
  if (plan.complete) return;
  std::vector<std::string> reasons;
  for (const auto& reason : plan.reasons) reasons.push_back(printable(reason, k_reason_bytes));
  page.paragraph(fmt::format("WARNING: the plan is not complete, more keys may match{}{}",
                             reasons.empty() ? "" : ": ", fmt::join(reasons, "; ")),
                 Tone::warn);
}

}  // namespace

std::string plan_text(const Plan& plan, const TextLook& look) {
  Page page(look);
  add_target(page, plan.target);
  page.blank();
  page.paragraph(intent(plan), Tone::heading);
  add_facts(page, plan);
  page.groups(plan.groups, plan.groups_folded);
  add_nodes(page, plan.nodes);
  add_sample(page, plan);
  add_warnings(page, plan);
  return std::move(page).take();
}

}  // namespace rcache::invalidate
