#include <fmt/format.h>

#include <algorithm>

#include "commands/audit_ttl/policy.h"
#include "core/key.h"
#include "core/suggest.h"
#include "core/toml_text.h"
#include "core/units.h"

namespace rcache::audit_ttl {
namespace {

/// Reads one [[rule]]; every refusal names the file and the place in it.
class RuleReader {
 public:
  RuleReader(const std::string& file, const toml::table& table) : file_(file), table_(table) {}

  Result<Rule> read() {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      auto done = name == "pattern"  ? read_pattern(node)
                  : name == "ttl"    ? read_ttl(node)
                  : name == "min"    ? read_duration(name, node, rule_.min_ms)
                  : name == "max"    ? read_duration(name, node, rule_.max_ms)
                  : name == "reason" ? read_reason(node)
                                     : Result<void>(unknown_key(file_, key, known()));
      if (!done) return fail(std::move(done).error());
    }
    if (rule_.pattern.text().empty()) {
      return fail_at(file_, table_.source(), "a rule without a pattern",
                     R"(say which keys it is for: pattern = "session:*")");
    }
    auto sound = check();
    if (!sound) return fail(std::move(sound).error());
    return std::move(rule_);
  }

 private:
  static std::vector<std::string> known() { return {"pattern", "ttl", "min", "max", "reason"}; }

  /// The value as the file has it, for "found 15": strings in quotes.
  static std::string found(const toml::node& node) {
    constexpr std::size_t k_shown = 60;
    if (const auto* text = node.as_string()) {
      return fmt::format("found \"{}\"", printable(text->get(), k_shown));
    }
    if (const auto* number = node.as_integer()) return fmt::format("found {}", number->get());
    if (const auto* number = node.as_floating_point())
      return fmt::format("found {}", number->get());
    if (const auto* flag = node.as_boolean()) return fmt::format("found {}", flag->get());
    if (node.is_array()) return "found a list";
    return node.is_table() ? "found a table" : "found a date or time";
  }

  tl::unexpected<Error> wrong(const std::string& name, const std::string& allowed,
                              const toml::node& node, std::string hint = {}) const {
    return fail_at(file_, node.source(),
                   fmt::format("'{}' must be {}, {}", name, allowed, found(node)), std::move(hint));
  }

  Result<void> read_pattern(const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    if (!text) return wrong("pattern", "a string", node);
    auto glob = Glob::parse(*text);
    if (!glob) {
      return fail_at(file_, node.source(), fmt::format("'pattern': {}", glob.error().message),
                     glob.error().hint);
    }
    rule_.pattern = std::move(*glob);
    return {};
  }

  Result<void> read_ttl(const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    for (const auto need : {TtlNeed::required, TtlNeed::none, TtlNeed::any}) {
      if (text && *text == to_string(need)) {
        rule_.ttl = need;
        return {};
      }
    }
    const auto near = text ? suggest(*text, {"required", "none", "any"}) : std::nullopt;
    return wrong("ttl", R"("required", "none" or "any")", node,
                 near ? fmt::format("did you mean \"{}\"?", *near) : "");
  }

  Result<void> read_duration(const std::string& name, const toml::node& node,
                             std::optional<std::int64_t>& to) {
    const auto text = node.value_exact<std::string>();
    const auto number = node.value_exact<std::int64_t>();
    if (!text && !number)
      return wrong(name, R"(a duration such as "15m", "24h" or 90 (seconds))", node);
    const auto parsed = parse_duration(text ? *text : fmt::format("{}", *number));
    if (!parsed) {
      return fail_at(file_, node.source(), fmt::format("'{}': {}", name, parsed.error().message));
    }
    to = parsed->count();
    return {};
  }

  Result<void> read_reason(const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    if (!text) return wrong("reason", "a string", node);
    rule_.reason = *text;
    return {};
  }

  /// What each value allows and their company does not.
  Result<void> check() const {
    if (rule_.ttl == TtlNeed::none) {
      for (const auto* name : {"min", "max"}) {
        const auto* node = table_.get(name);
        if (node == nullptr) continue;
        return fail_at(
            file_, node->source(),
            fmt::format("'{}' does not go with ttl = \"none\": such a key has no TTL", name),
            "leave one of them out");
      }
    }
    if (rule_.max_ms == 0) {
      return fail_at(file_, table_.get("max")->source(), "'max' must be more than nothing, found 0",
                     R"(keys without a TTL are ttl = "none")");
    }
    if (rule_.min_ms && rule_.max_ms && *rule_.min_ms > *rule_.max_ms) {
      return fail_at(file_, table_.get("min")->source(),
                     fmt::format("'min' ({}) is more than 'max' ({}): no TTL can be both",
                                 format_duration(std::chrono::milliseconds(*rule_.min_ms)),
                                 format_duration(std::chrono::milliseconds(*rule_.max_ms))));
    }
    return {};
  }

  const std::string& file_;
  const toml::table& table_;
  Rule rule_;
};

/// A rule that an earlier one leaves nothing to is a mistake of order.
Result<void> check_reached(const std::string& file, const toml::node& node, const Rule& rule,
                           const std::vector<Rule>& before) {
  for (const auto& earlier : before) {
    const auto& text = earlier.pattern.text();
    if (text != rule.pattern.text() && text.find_first_not_of('*') != std::string::npos) continue;
    return fail_at(file, node.source(),
                   fmt::format("the rule for '{}' is never reached: the rule for '{}' before it "
                               "takes all its keys",
                               printable(rule.pattern.text()), printable(text)),
                   "the first rule that matches a key decides: put the narrow rules first");
  }
  return {};
}

}  // namespace

Result<Policy> parse_policy(std::string_view text, const std::string& file_name) {
  const auto parsed = parse_toml(text, file_name);
  if (!parsed) return fail(parsed.error());
  for (const auto& [key, node] : *parsed) {
    if (key.str() != "rule") return unknown_key(file_name, key, {"rule"});
    if (!node.is_array_of_tables() && !(node.is_array() && node.as_array()->empty())) {
      return fail_at(file_name, node.source(), "'rule' must be a list of tables",
                     "begin each rule with [[rule]], in two pairs of brackets");
    }
  }
  Policy out;
  out.name = file_name;
  const auto* rules = parsed->get_as<toml::array>("rule");
  if (rules == nullptr || rules->empty()) {
    return fail(ErrorKind::usage,
                fmt::format("{}: there is no [[rule]] in it", printable(file_name)),
                "rcache help policies shows the form and a whole policy");
  }
  for (const auto& node : *rules) {
    auto rule = RuleReader(file_name, *node.as_table()).read();
    if (!rule) return fail(std::move(rule).error());
    auto reached = check_reached(file_name, node, *rule, out.rules);
    if (!reached) return fail(std::move(reached).error());
    out.rules.push_back(std::move(*rule));
  }
  auto rest = plain_policy();
  out.rules.push_back(std::move(rest.rules.front()));
  return out;
}

}  // namespace rcache::audit_ttl
