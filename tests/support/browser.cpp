#include "support/browser.h"

#include <charconv>
#include <string_view>

#include "support/child.h"
#include "support/failure.h"
#include "support/program.h"
#include "support/temp_dir.h"

namespace rcache::test {
namespace {

// What a srcdoc frame holds has the origin of the page around it, which may therefore measure it,
// while the policy that the framed page sets for itself stays in force.
constexpr std::string_view k_script = R"js(<script>
addEventListener('load', () => {
  const lines = [...document.querySelectorAll('iframe')].map(frame => {
    const page = frame.contentDocument;
    const all = [...page.querySelectorAll('*')];
    const handlers = all.flatMap(e => [...e.attributes]).filter(a => a.name.startsWith('on'));
    const foreign = page.querySelectorAll(
        'script,img,iframe,link,object,embed,base,form,input,audio,video,foreignObject,use,image,a');
    const root = page.documentElement;
    return [root.scrollWidth - frame.clientWidth, all.length, foreign.length, handlers.length,
            root.scrollHeight, getComputedStyle(page.body).backgroundColor,
            encodeURIComponent(page.title)].join('|');
  });
  document.getElementById('seen').textContent = lines.map(line => 'SE' + 'EN ' + line + '\n').join('');
});
</script>)js";

std::string attribute(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '&')
      out += "&amp;";
    else if (letter == '"')
      out += "&quot;";
    else
      out += letter;
  }
  return out;
}

std::string page_around(const std::vector<Frame>& frames) {
  std::string out = "<!DOCTYPE html><meta charset=\"utf-8\"><pre id=\"seen\"></pre>\n";
  for (const auto& frame : frames) {
    out += "<iframe width=\"" + std::to_string(frame.width) +
           "\" height=\"800\" frameborder=\"0\" srcdoc=\"" + attribute(frame.html) +
           "\"></iframe>\n";
  }
  return out.append(k_script);
}

int number(std::string_view text) {
  int out = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), out).ec != std::errc())
    throw Failure("no number: " + std::string(text));
  return out;
}

SeenPage parse(std::string_view line) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = line.find('|');
    parts.push_back(line.substr(0, end));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  if (parts.size() != 7) throw Failure("no page was seen: " + std::string(line));
  return {number(parts[0]), number(parts[1]),      number(parts[2]),     number(parts[3]),
          number(parts[4]), std::string(parts[5]), std::string(parts[6])};
}

}  // namespace

std::string find_browser() {
  for (const auto* name : {"chromium", "chromium-browser", "google-chrome"}) {
    if (auto path = find_in_path(name); !path.empty()) return path;
  }
  return {};
}

std::vector<SeenPage> look_at(const std::vector<Frame>& frames, Scheme scheme) {
  TempDir folder;
  const auto page = folder.write("page.html", page_around(frames));
  ProgramOptions options;
  options.argv = {find_browser(),
                  "--headless",
                  "--no-sandbox",
                  "--disable-gpu",
                  "--disable-dev-shm-usage",
                  "--no-first-run",
                  "--disable-background-networking",
                  "--disable-component-update",
                  "--disable-sync",
                  "--disable-quic",
                  "--user-data-dir=" + folder.file("profile"),
                  scheme == Scheme::dark ? "--blink-settings=preferredColorScheme=0"
                                         : "--blink-settings=preferredColorScheme=1",
                  "--dump-dom",
                  "file://" + page};
  const auto result = run(std::move(options));
  std::vector<SeenPage> out;
  std::string_view rest = result.out;
  for (std::size_t at = 0; (at = rest.find("SEEN ")) != std::string_view::npos;) {
    rest.remove_prefix(at + 5);
    out.push_back(parse(rest.substr(0, rest.find('\n'))));
  }
  if (out.size() != frames.size())
    throw Failure("the browser did not show it: " + result.describe());
  return out;
}

}  // namespace rcache::test
