#include "render/html.h"

#include <fmt/format.h>

#include "render/html_style.h"
#include "render/markup.h"

namespace rcache::render {
namespace {

std::string_view class_of(Tone tone) {
  switch (tone) {
    case Tone::ok:
      return "ok";
    case Tone::warn:
      return "warn";
    case Tone::fail:
      return "fail";
    case Tone::unknown:
      return "unknown";
    case Tone::heading:
    case Tone::plain:
      break;
  }
  return "plain";
}

std::string element(std::string_view name, std::string_view words) {
  return fmt::format("<{0}>{1}</{0}>\n", name, escape_markup(words));
}

std::string classes(const Column& column) {
  std::string out = column.align == Align::right ? "number" : "words";
  return column.optional ? out + " minor" : out;
}

std::string cell_html(const HtmlCell& cell) {
  if (!cell.chart.empty()) return "<div class=\"spark\">" + cell.chart + "</div>";
  const auto words = escape_markup(cell.words);
  if (cell.code) return fmt::format("<code class=\"{}\">{}</code>", class_of(cell.tone), words);
  if (cell.tone == Tone::plain) return words;
  return fmt::format("<span class=\"{}\">{}</span>", class_of(cell.tone), words);
}

}  // namespace

HtmlCell code_cell(std::string text) {
  HtmlCell out(std::move(text));
  out.code = true;
  return out;
}

HtmlCell chart_cell(std::string chart) {
  HtmlCell out("");
  out.chart = std::move(chart);
  return out;
}

void HtmlPage::verdict(Tone tone, std::string_view word, const std::vector<std::string>& lines) {
  body_ += fmt::format("<section class=\"verdict {}\">\n<strong>{}</strong>\n", class_of(tone),
                       escape_markup(word));
  for (const auto& line : lines) body_ += element("p", line);
  body_ += "</section>\n";
}

void HtmlPage::heading(std::string_view words) {
  body_ += element("h2", words);
}

void HtmlPage::paragraph(std::string_view words) {
  body_ += element("p", words);
}

void HtmlPage::command(std::string_view words) {
  body_ += element("pre", words);
}

void HtmlPage::figures(const std::vector<Figure>& all) {
  body_ += "<div class=\"figures\">\n";
  for (const auto& figure : all) {
    body_ += fmt::format("<div class=\"figure\"><span>{}</span><b class=\"{}\">{}</b>",
                         escape_markup(figure.label), class_of(figure.tone),
                         escape_markup(figure.number));
    if (!figure.remark.empty())
      body_ += fmt::format("<small>{}</small>", escape_markup(figure.remark));
    body_ += "</div>\n";
  }
  body_ += "</div>\n";
}

void HtmlPage::chart(std::string_view svg, std::string_view caption) {
  body_ += fmt::format("<figure>\n{}\n<figcaption>{}</figcaption>\n</figure>\n", svg,
                       escape_markup(caption));
}

void HtmlPage::multiples(const std::vector<Multiple>& all) {
  body_ += "<div class=\"multiples\">\n";
  for (const auto& each : all) {
    body_ += fmt::format(
        "<figure><b class=\"{}\">{}</b>\n{}\n<figcaption>{}</figcaption></figure>\n",
        class_of(each.tone), escape_markup(each.title), each.svg, escape_markup(each.caption));
  }
  body_ += "</div>\n";
}

void HtmlPage::table(const std::vector<Column>& columns,
                     const std::vector<std::vector<HtmlCell>>& rows) {
  body_ += "<div class=\"scroll\"><table>\n<thead><tr>";
  for (const auto& column : columns) {
    body_ += fmt::format("<th scope=\"col\" class=\"{}\">{}</th>", classes(column),
                         escape_markup(column.title));
  }
  body_ += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    body_ += "<tr>";
    for (std::size_t at = 0; at < row.size() && at < columns.size(); ++at) {
      body_ += fmt::format("<td class=\"{}\">{}</td>", classes(columns[at]), cell_html(row[at]));
    }
    body_ += "</tr>\n";
  }
  body_ += "</tbody></table></div>\n";
}

void HtmlPage::list(const std::vector<std::string>& lines) {
  body_ += "<ul>\n";
  for (const auto& line : lines) body_ += element("li", line);
  body_ += "</ul>\n";
}

void HtmlPage::footer(std::string_view words) {
  body_ += element("footer", words);
}

std::string HtmlPage::str() const {
  const auto title = escape_markup(title_);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{0}</title>\n<style>\n{1}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n{2}"
      "</main>\n</body>\n</html>\n",
      title, k_html_style, body_);
}

}  // namespace rcache::render
