#include <fmt/format.h>

#include <algorithm>

#include "commands/invalidate/page.h"
#include "commands/invalidate/verdict.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::invalidate {
namespace {

using render::Align;
using render::Tone;

constexpr std::size_t k_words_bytes = 256;  // of what a server says
constexpr std::size_t k_failures = 5;

std::string were(std::uint64_t count) {
  return format_count(count) + (count == 1 ? " was" : " were");
}

void add_coverage(Page& page, const Receipt& receipt) {
  std::string_view label = "Why";
  for (const auto& reason : receipt.reasons) {
    if (reason.empty()) continue;
    page.fact(label, {printable(reason, k_words_bytes)});
    label = "";
  }
  if (!receipt.complete && !receipt.covered) {
    page.fact("Scanned", {counted(receipt.scanned, "key") + ", but not everything"});
  }
}

void add_failures(Page& page, const Receipt& receipt) {
  if (receipt.failed == 0) return;
  const auto* words = receipt.failures.empty() ? "" : ", the server's words:";
  page.fact("Failed", {counted(receipt.failed, "key") + words});
  // The same words for many keys stand there once.
  std::vector<std::pair<std::string, std::vector<std::string>>> by_words;
  std::size_t shown = 0;
  for (const auto& failure : receipt.failures) {
    if (shown == k_failures) break;
    const auto known = std::find_if(by_words.begin(), by_words.end(),
                                    [&](const auto& entry) { return entry.first == failure.why; });
    auto& keys = known == by_words.end()
                     ? by_words.emplace_back(failure.why, std::vector<std::string>()).second
                     : known->second;
    keys.push_back(page.name(failure.key, 1));
    ++shown;
  }
  for (const auto& [why, keys] : by_words) {
    if (keys.size() == 1) {
      page.remark(keys.front(), printable(why, k_words_bytes));
    } else {
      page.fact("", {printable(why, k_words_bytes)});
      for (const auto& key : keys) page.fact("", {"  " + key});
    }
  }
  if (shown > 0 && receipt.failed > shown) {
    page.fact("", {fmt::format("... and {} more", format_count(receipt.failed - shown))});
  }
}

void add_keys(Page& page, const Receipt& receipt) {
  if (receipt.gone > 0) page.fact("Gone", {were(receipt.gone) + " gone already"});
  if (receipt.uncertain > 0) {
    page.fact("Uncertain",
              {fmt::format("{} of these may have been removed by us: the connection was lost",
                           format_count(receipt.uncertain))});
  }
  if (receipt.protected_keys > 0) {
    page.fact("Protected", {counted(receipt.protected_keys, "matching key") + " kept"});
  }
  if (receipt.tags_removed > 0)
    page.fact("Tag sets", {format_count(receipt.tags_removed) + " removed"});
  if (receipt.orphans > 0) {
    page.fact("Orphans", {counted(receipt.orphans, "more matching key") +
                          " on nodes that do not own their slot: clients cannot read them, and "
                          "they cannot be removed there"});
  }
}

void add_proofs(Page& page, const Receipt& receipt) {
  if (receipt.verified_left) {
    page.fact("Verified", {fmt::format("a last scan found {}",
                                       *receipt.verified_left == 0
                                           ? "no matching key"
                                           : counted(*receipt.verified_left, "matching key"))});
  }
  if (receipt.replicas) {
    page.fact("Replicas", {*receipt.replicas == 0 ? "none has acknowledged it"
                                                  : fmt::format("{} acknowledged it",
                                                                format_count(*receipt.replicas))});
  }
}

void add_backup(Page& page, const Receipt& receipt) {
  if (!receipt.backup) return;
  page.fact("Backup", {page.name(*receipt.backup), counted(receipt.backup_records, "key"),
                       format_bytes(static_cast<std::int64_t>(receipt.backup_bytes))});
  if (receipt.backup_records > 0) page.command("undo with:", "rcache restore", *receipt.backup);
}

void add_ways(Page& page, const Receipt& receipt) {
  if (receipt.how == How::del) page.fact("Note", {"UNLINK is refused here: DEL was used"});
  if (!receipt.published.empty()) {
    page.fact(
        "Published",
        {counted(receipt.published.size(), "message") + " to", page.name(receipt.publish_channel)},
        " ");
  }
  if (!receipt.throttled_by.empty()) {
    page.fact("Held back", {"most of the time by " + printable(receipt.throttled_by)});
  }
}

void add_nodes(Page& page, const std::vector<NodeReceipt>& nodes,
               const std::vector<Failure>& failures) {
  if (nodes.size() > 1) {
    render::Table table({{"Node", Align::left, true, false, 15},
                         {"scanned", Align::right, false, true},
                         {"matching", Align::right, false, true},
                         {"removed", Align::right}});
    for (const auto& node : nodes) {
      table.add({printable(node.address, k_words_bytes), format_count(node.scanned),
                 format_count(node.matched), format_count(node.removed)});
    }
    page.blank();
    page.table(table);
  }
  for (const auto& node : nodes) {
    const bool said = std::any_of(failures.begin(), failures.end(), [&](const Failure& failure) {
      return failure.why == node.error;
    });
    if (!node.error || said) continue;
    page.paragraph(
        printable(node.address, k_words_bytes) + ": " + printable(*node.error, k_words_bytes),
        Tone::fail);
  }
}

}  // namespace

std::string receipt_text(const Receipt& receipt, const TextLook& look) {
  Page page(look);
  const auto verdict = verdict_of(receipt);
  page.paragraph(verdict.words, verdict.tone);
  if (receipt.reason == Reason::dry_run || receipt.reason == Reason::declined) {
    return std::move(page).take();  // the plan has said all there is
  }
  if (!verdict.next.empty()) page.fact("Next", {verdict.next});
  add_coverage(page, receipt);
  add_failures(page, receipt);
  add_keys(page, receipt);
  add_proofs(page, receipt);
  add_backup(page, receipt);
  add_ways(page, receipt);
  if (receipt.groups.size() > 1) page.groups(receipt.groups, receipt.groups_folded);
  add_nodes(page, receipt.nodes, receipt.failures);
  return std::move(page).take();
}

}  // namespace rcache::invalidate
