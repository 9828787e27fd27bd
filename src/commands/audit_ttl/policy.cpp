#include "commands/audit_ttl/policy.h"

#include <algorithm>

namespace rcache::audit_ttl {

std::string_view to_string(TtlNeed need) {
  switch (need) {
    case TtlNeed::none:
      return "none";
    case TtlNeed::any:
      return "any";
    case TtlNeed::required:
      break;
  }
  return "required";
}

std::string_view to_string(Offence offence) {
  switch (offence) {
    case Offence::unwanted:
      return "unwanted";
    case Offence::too_short:
      return "too-short";
    case Offence::too_long:
      return "too-long";
    case Offence::missing:
      break;
  }
  return "missing";
}

std::optional<Offence> Rule::offence(std::optional<std::int64_t> ttl_ms) const {
  if (!ttl_ms) return ttl == TtlNeed::required ? std::optional(Offence::missing) : std::nullopt;
  if (ttl == TtlNeed::none) return Offence::unwanted;
  if (min_ms && *ttl_ms < *min_ms) return Offence::too_short;
  if (max_ms && *ttl_ms > *max_ms) return Offence::too_long;
  return std::nullopt;
}

std::size_t Policy::rule_of(std::string_view key) const {
  const auto found = std::ranges::find_if(
      rules, [key](const Rule& rule) { return rule.implied || rule.pattern.matches(key); });
  return static_cast<std::size_t>(found - rules.begin());
}

void Policy::cap(std::int64_t max_ms) {
  for (auto& rule : rules) {
    if (rule.ttl == TtlNeed::none) continue;
    rule.max_ms = std::min(rule.max_ms.value_or(max_ms), max_ms);
  }
}

Policy plain_policy() {
  Rule rule;
  rule.pattern = *Glob::parse("*");
  rule.implied = true;
  Policy out;
  out.rules.push_back(std::move(rule));
  return out;
}

}  // namespace rcache::audit_ttl
