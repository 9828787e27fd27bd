#include "core/tag_layout.h"

#include <algorithm>
#include <array>
#include <utility>

namespace rcache {
namespace {

constexpr std::string_view k_prefix = "{prefix}";
constexpr std::string_view k_tag = "{tag}";
constexpr std::string_view k_member = "{member}";

constexpr std::array<std::pair<ContainerType, std::string_view>, 3> k_types = {
    {{ContainerType::set, "set"}, {ContainerType::zset, "zset"}, {ContainerType::hash, "hash"}}};

/// A template around its one placeholder.
struct Split {
  bool has_prefix = false;
  std::string head;
  std::string tail;
};

std::optional<Split> split(std::string_view text, std::string_view placeholder) {
  Split parts;
  if (text.starts_with(k_prefix)) {
    parts.has_prefix = true;
    text.remove_prefix(k_prefix.size());
  }
  const auto at = text.find(placeholder);
  if (at == std::string_view::npos) return std::nullopt;
  parts.head = text.substr(0, at);
  parts.tail = text.substr(at + placeholder.size());
  for (const auto* part : {&parts.head, &parts.tail}) {
    for (const auto word : {k_prefix, k_tag, k_member})
      if (part->find(word) != std::string::npos) return std::nullopt;
  }
  return parts;
}

std::size_t common_start(std::string_view a, std::string_view b) {
  const auto size = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same < size && a[same] == b[same]) ++same;
  return same;
}

std::size_t common_end(std::string_view a, std::string_view b) {
  const auto size = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same < size && a[a.size() - 1 - same] == b[b.size() - 1 - same]) ++same;
  return same;
}

/// A glob for texts of one length: "?" where they differ.
std::string match_of_equal_lengths(const std::vector<std::string>& texts) {
  std::string glob;
  for (std::size_t i = 0; i < texts.front().size(); ++i) {
    const bool same = std::all_of(texts.begin(), texts.end(), [&](const std::string& text) {
      return text[i] == texts.front()[i];
    });
    glob += same ? escape_glob(std::string_view(texts.front()).substr(i, 1)) : "?";
  }
  return glob;
}

/// A glob for what stands before `{tag}`: one SCAN finds them all, "*tag:" for "tag:", "cachetag:".
std::string match_of_heads(const std::vector<std::string>& heads) {
  const bool equal_lengths = std::all_of(heads.begin(), heads.end(), [&](const auto& head) {
    return head.size() == heads.front().size();
  });
  if (equal_lengths) return match_of_equal_lengths(heads);
  std::string_view start = heads.front();
  std::string_view end = heads.front();
  std::size_t shortest = heads.front().size();
  for (const auto& head : heads) {
    start = start.substr(0, common_start(start, head));
    end = end.substr(end.size() - common_end(end, head));
    shortest = std::min(shortest, head.size());
  }
  end = end.substr(end.size() - std::min(end.size(), shortest - start.size()));
  return escape_glob(start) + "*" + escape_glob(end);
}

}  // namespace

std::string_view to_string(ContainerType type) {
  for (const auto& [known, word] : k_types)
    if (known == type) return word;
  return "set";
}

std::optional<ContainerType> container_type(std::string_view word) {
  for (const auto& [type, known] : k_types)
    if (known == word) return type;
  return std::nullopt;
}

Result<TagNaming> TagNaming::make(TagLayout layout, const std::string& tag_prefix,
                                  KeyPrefix key_prefix) {
  TagNaming naming;
  if (layout.containers.empty()) return fail(ErrorKind::usage, "it has no container");
  const auto key = split(layout.key, k_member);
  if (!key) {
    return fail(ErrorKind::usage, "its key must have {member} once, and {prefix} only before it",
                "such as \"{member}\" or \"item:{member}\"");
  }
  naming.key_ = {key->has_prefix, key->head, key->tail};
  for (const auto& text : layout.containers) {
    const auto parts = split(text, k_tag);
    if (!parts) {
      return fail(ErrorKind::usage, "a container must have {tag} once, and {prefix} only before it",
                  "such as \"tag:{tag}\"");
    }
    Form form{parts->has_prefix, "", parts->head, parts->tail};
    if (form.open && form.head.empty()) {
      return fail(ErrorKind::usage, "between {prefix} and {tag} something must stand",
                  "such as \"{prefix}tag:{tag}\"");
    }
    if (key->has_prefix && !form.open) {
      return fail(ErrorKind::usage, "its key has {prefix}, and a container has none",
                  "such as container = \"{prefix}tag:{tag}\"");
    }
    if (!tag_prefix.empty()) {
      if (std::exchange(form.open, false)) {
        form.prefix = tag_prefix;
      } else {
        form.head = tag_prefix;
      }
    }
    const bool known = std::any_of(naming.forms_.begin(), naming.forms_.end(), [&](const Form& f) {
      return f.open == form.open && f.head == form.head && f.tail == form.tail;
    });
    if (!known) naming.forms_.push_back(std::move(form));
  }
  naming.layout_ = std::move(layout);
  naming.key_prefix_ = std::move(key_prefix);
  return naming;
}

std::vector<std::string> TagNaming::shown_containers() const {
  std::vector<std::string> all;
  for (const auto& form : forms_) {
    all.push_back((form.open ? std::string(k_prefix) : form.prefix) + form.head +
                  std::string(k_tag) + form.tail);
  }
  return all;
}

std::string TagNaming::match() const {
  return match_around("*");
}

std::string TagNaming::match_of(std::string_view tag) const {
  return match_around(escape_glob(tag));
}

std::string TagNaming::match_around(const std::string& tag) const {
  std::vector<std::string> heads;
  std::string_view tail = forms_.front().tail;
  bool open = false;
  for (const auto& form : forms_) {
    heads.push_back(form.prefix + form.head);
    tail = tail.substr(tail.size() - common_end(tail, form.tail));
    open = open || form.open;
  }
  const bool one_tail = std::all_of(forms_.begin(), forms_.end(),
                                    [&](const Form& form) { return form.tail == tail; });
  return key_prefix_.on_pattern((open ? "*" : "") + match_of_heads(heads) + tag +
                                (one_tail || tag == "*" ? "" : "*") + escape_glob(tail));
}

std::optional<TagNaming::Name> TagNaming::name_of(std::string_view container) const {
  const auto own = key_prefix_.off(container);
  if (!own) return std::nullopt;
  for (const auto& form : forms_) {
    auto rest = *own;
    Name name{"", form.prefix};
    if (form.open) {
      const auto at = rest.find(form.head);
      if (at == std::string_view::npos) continue;
      name.prefix = rest.substr(0, at);
      rest.remove_prefix(at);
    } else if (!rest.starts_with(form.prefix)) {
      continue;
    } else {
      rest.remove_prefix(form.prefix.size());
    }
    if (!rest.starts_with(form.head)) continue;
    rest.remove_prefix(form.head.size());
    if (rest.size() <= form.tail.size() || !rest.ends_with(form.tail)) continue;
    rest.remove_suffix(form.tail.size());
    name.tag = rest;
    return name;
  }
  return std::nullopt;
}

std::vector<std::string> TagNaming::containers_of(std::string_view tag) const {
  std::vector<std::string> all;
  for (const auto& form : forms_) {
    if (form.open) return {};
    all.push_back(key_prefix_.on_key(form.prefix + form.head + std::string(tag) + form.tail));
  }
  return all;
}

std::string TagNaming::key_of(const Name& container, std::string_view member) const {
  std::string name;
  name.reserve(container.prefix.size() + key_.head.size() + member.size() + key_.tail.size());
  if (key_.has_prefix) name += container.prefix;
  name += key_.head;
  name += member;
  name += key_.tail;
  const bool whole =
      key_prefix_.empty() || layout_.members_have_prefix || key_prefix_.off(name).has_value();
  return whole ? name : key_prefix_.on_key(name);
}

std::vector<std::string> TagNaming::members_naming(const Name& container,
                                                   std::string_view key) const {
  std::vector<std::string_view> names;
  if (const auto own = key_prefix_.off(key); own && !layout_.members_have_prefix)
    names.push_back(*own);
  if (names.empty() || !key_prefix_.empty()) names.push_back(key);
  const auto head = (key_.has_prefix ? container.prefix : std::string()) + key_.head;
  std::vector<std::string> members;
  for (auto name : names) {
    if (name.size() < head.size() + key_.tail.size()) continue;
    if (!name.starts_with(head) || !name.ends_with(key_.tail)) continue;
    name.remove_prefix(head.size());
    name.remove_suffix(key_.tail.size());
    members.emplace_back(name);
  }
  return members;
}

}  // namespace rcache
