#include "cli/troff.h"

#include <utility>
#include <vector>

namespace rcache::cli {
namespace {

std::string_view glyph(char letter) {
  switch (letter) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";
    case '\'':
      return "\\(aq";
    case '`':
      return "\\(ga";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    default:
      return {};
  }
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// The parts of a line with two or more spaces between them.
std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const auto start = line.find_first_not_of(' ');
    if (start == std::string_view::npos) return fields;
    line.remove_prefix(start);
    const auto end = line.find("  ");
    fields.push_back(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end);
  }
}

struct Entry {
  std::string term;
  std::string meaning;
};

/// Empty when the lines are no list.
std::vector<Entry> entries_of(const std::vector<std::string_view>& block) {
  std::vector<Entry> entries;
  for (const auto line : block) {
    const auto fields = fields_of(line);
    if (line.starts_with("   ")) {
      if (entries.empty()) return {};
      for (const auto field : fields) entries.back().meaning += " " + std::string(field);
      continue;
    }
    if (fields.size() % 2 != 0) return {};
    for (std::size_t i = 0; i < fields.size(); i += 2) {
      entries.push_back({std::string(fields[i]), std::string(fields[i + 1])});
    }
  }
  return entries;
}

std::string indented(const std::vector<std::string_view>& block) {
  const auto entries = entries_of(block);
  std::string text;
  for (const auto& [term, meaning] : entries) {
    text += ".TP\n\\fB" + troff(term) + "\\fR\n" + troff_filled(meaning) + "\n";
  }
  if (!entries.empty()) return text;
  text = ".PP\n.RS 2\n.nf\n";
  for (const auto line : block) text += troff(line.substr(2)) + "\n";
  return text + ".fi\n.RE\n";
}

}  // namespace

std::string troff(std::string_view text) {
  std::string result;
  bool line_begins = true;
  for (const char letter : text) {
    // A line that begins with '.' or a quote would be a request; \& is nothing, of no width.
    if (line_begins && letter == '.') result += "\\&";
    const auto special = glyph(letter);
    result += special.empty() ? std::string_view(&letter, 1) : special;
    line_begins = letter == '\n';
  }
  return result;
}

std::string troff_argument(std::string_view text) {
  std::string result = "\"";
  for (const char letter : troff(text)) {
    if (letter == '"') {
      result += "\\(dq";
    } else {
      result += letter;
    }
  }
  return result + "\"";
}

std::string troff_filled(std::string_view text) {
  constexpr std::size_t k_longest_line = 78;
  std::string result;
  std::size_t line_size = 0;
  while (!text.empty()) {
    const auto end = text.find_first_of(" \n");
    const std::string word = troff(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (word.empty()) continue;
    const bool fits = line_size + 1 + word.size() <= k_longest_line;
    if (line_size > 0) result += fits ? ' ' : '\n';
    line_size = line_size > 0 && fits ? line_size + 1 + word.size() : word.size();
    result += word;
  }
  return result;
}

std::string troff_topic(std::string_view text) {
  std::string result;
  std::string paragraph;
  std::vector<std::string_view> block;
  const auto end_paragraph = [&] {
    if (paragraph.empty()) return;
    result += (result.empty() ? "" : ".PP\n") + troff_filled(paragraph) + "\n";
    paragraph.clear();
  };
  const auto end_block = [&] {
    if (!block.empty()) result += indented(block);
    block.clear();
  };
  for (const auto line : lines_of(text)) {
    if (line.starts_with("  ")) {
      end_paragraph();
      block.push_back(line);
      continue;
    }
    end_block();
    if (line.empty()) end_paragraph();
    if (!line.empty()) paragraph += std::string(line) + "\n";
  }
  end_paragraph();
  end_block();
  return result;
}

}  // namespace rcache::cli
