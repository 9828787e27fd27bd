#include "commands/stats/watch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "commands/stats/words.h"
#include "core/key.h"
#include "core/units.h"
#include "render/chart.h"
#include "render/layout.h"

namespace rcache::stats {
namespace {

using render::Align;
using render::Tone;

constexpr std::size_t k_lines = 24;
constexpr std::size_t k_least_width = 20;
constexpr std::size_t k_most_width = 200;
constexpr std::size_t k_label_width = 12;
constexpr std::size_t k_value_width = 10;
constexpr std::size_t k_top_width = 16;       // "  top 1,234.5 MiB"
constexpr std::size_t k_width_with_top = 60;  // below, the sparkline needs the room

/// One line of the screen; each is cut, not wrapped: the screen must not jump.
class LiveScreen {
 public:
  explicit LiveScreen(const render::TextLook& look) : look_(look) {
    look_.width = std::clamp(look.width, k_least_width, k_most_width);
  }

  std::size_t width() const { return look_.width; }
  render::Charset charset() const { return look_.charset; }

  void line(std::string_view words, Tone tone = Tone::plain) {
    const auto cut = shorten(words, width(), render::ellipsis(look_.charset));
    lines_.push_back(render::paint(cut, tone, look_.color));
  }

  void check(const Check& check) {
    constexpr std::size_t k_status_width = 8;
    const auto status = status_word(check.status);
    const auto rest = render::pad(check.id, 13) + check.message;
    lines_.push_back(render::paint(status, tone_of(check.status), look_.color) +
                     std::string(k_status_width - status.size(), ' ') +
                     shorten(rest, width() - k_status_width, render::ellipsis(look_.charset)));
  }

  std::string take() && {
    if (lines_.size() > k_lines) lines_.resize(k_lines);
    return fmt::format("{}\n", fmt::join(lines_, "\n"));
  }

 private:
  render::TextLook look_;
  std::vector<std::string> lines_;
};

using Value = std::optional<double> Tick::*;
using Format = std::string (*)(double value);

std::string bytes_text(double bytes) {
  return format_bytes(std::llround(std::min(bytes, 0x1p62)));
}

/// "Ops/s       1,234/s  ▁▂▃▄▅  top 1,900/s". Without `top` the scale ends at the largest value.
void add_series(LiveScreen& screen, const History& history, std::string_view label, Value value,
                Format format, std::optional<double> top) {
  const bool show_top = screen.width() >= k_width_with_top;
  const auto before = k_label_width + k_value_width + 2;
  const auto after = show_top ? k_top_width : 0;
  const auto room = screen.width() > before + after ? screen.width() - before - after : 0;
  const auto& ticks = history.ticks();
  const auto count = std::min(room, ticks.size());

  std::vector<std::optional<double>> values;
  for (auto tick = ticks.end() - static_cast<std::ptrdiff_t>(count); tick != ticks.end(); ++tick) {
    values.push_back((*tick).*value);
  }
  const auto found = render::scale_of(values);
  const render::Scale scale{0, top ? *top : found ? found->high : 0};
  const auto latest = ticks.empty() ? Tick{}.*value : ticks.back().*value;
  auto line = render::pad(label, k_label_width) +
              render::pad(latest ? format(*latest) : "n/a", k_value_width, Align::right) + "  " +
              render::pad(render::sparkline(values, scale, screen.charset()), room);
  if (show_top && found) line += "  top " + format(scale.high);
  line.erase(line.find_last_not_of(' ') + 1);
  screen.line(line);
}

std::string since_start(const StatsReport& report) {
  const auto& facts = report.facts;
  return fmt::format("hit ratio {}, {} evicted, {} expired", ratio_or_na(facts.hit_ratio),
                     or_na(facts.evicted_keys), or_na(facts.expired_keys));
}

}  // namespace

void History::add(const StatsReport& report) {
  Tick tick;
  if (report.window) {
    tick.hit_ratio = report.window->hit_ratio;
    tick.ops_per_second = report.window->ops_per_second;
    tick.evicted_per_second = report.window->evicted_per_second;
    tick.expired_per_second = report.window->expired_per_second;
  }
  if (const auto& used = report.facts.memory.used_bytes) {
    tick.memory_used_bytes = static_cast<double>(*used);
  }
  ticks_.push_back(tick);
  if (ticks_.size() > capacity_) ticks_.pop_front();
}

std::string watch_screen(const History& history, const StatsReport& report,
                         const render::TextLook& look) {
  LiveScreen screen(look);
  const auto& memory = report.facts.memory;
  screen.line(title(report), Tone::heading);
  if (!report.complete) {
    const auto first = report.gaps.empty() ? "" : printable(report.gaps.front(), 256);
    const auto more =
        report.gaps.size() > 1 ? fmt::format(" (+{} more)", report.gaps.size() - 1) : "";
    screen.line("INCOMPLETE: " + first + more, Tone::fail);
  }
  screen.line(report.notes.empty() ? "" : "Note: " + report.notes.front());
  add_series(screen, history, "Hit ratio", &Tick::hit_ratio, format_ratio, 1.0);
  add_series(screen, history, "Ops", &Tick::ops_per_second, format_rate, {});
  add_series(
      screen, history, "Memory", &Tick::memory_used_bytes, bytes_text,
      memory.max_bytes ? std::optional(static_cast<double>(*memory.max_bytes)) : std::nullopt);
  add_series(screen, history, "Evicted", &Tick::evicted_per_second, format_rate, {});
  add_series(screen, history, "Expired", &Tick::expired_per_second, format_rate, {});
  screen.line("");
  const auto fact = [&](std::string_view label, const std::string& words) {
    screen.line(render::pad(label, k_label_width) + words);
  };
  fact("Since start", since_start(report));
  fact("Memory", fmt::format("{}", fmt::join(memory_details(memory), ", ")));
  fact("Keys", fmt::format("{}", fmt::join(key_counts(report.facts.keys), ", ")));
  fact("Traffic", fmt::format("{}", fmt::join(traffic(report), ", ")));
  screen.line("");
  for (const auto& check : report.checks) screen.check(check);
  screen.line("");
  screen.line(verdict(report), verdict_tone(report));
  return std::move(screen).take();
}

std::string watch_line_header() {
  return "time        hits     ops/s      memory        keys   evicted   expired  clients  "
         "verdict\n";
}

std::string watch_line(const StatsReport& report) {
  const auto& facts = report.facts;
  const auto window = report.window.value_or(Window{});
  const auto clock = format_utc(report.at_unix_ms).substr(11);
  return fmt::format("{} {:>7} {:>9} {:>11} {:>11} {:>9} {:>9} {:>8}  {}\n", clock,
                     ratio_or_na(window.hit_ratio), rate_or_na(window.ops_per_second),
                     bytes_or_na(facts.memory.used_bytes), or_na(facts.keys.total),
                     rate_or_na(window.evicted_per_second), rate_or_na(window.expired_per_second),
                     or_na(facts.clients.connected),
                     report.complete ? status_word(worst_status(report)) : "incomplete");
}

}  // namespace rcache::stats
