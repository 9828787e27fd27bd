#include "cli/man_page.h"

#include <doctest/doctest.h>

#include "cli/small_tree.h"
#include "cli/troff.h"

namespace rcache::cli {
namespace {

std::string page() {
  const test::SmallTree small;
  return man_page(small.app);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("troff: text is shown as it is, whatever it begins with") {
  CHECK(troff("a-b") == "a\\-b");
  CHECK(troff(".TH\n'quoted'\n...") == "\\&.TH\n\\(aqquoted\\(aq\n\\&...");
  CHECK(troff("[!a] \\* ^ ~ `x`") == "[!a] \\e* \\(ha \\(ti \\(gax\\(ga");
  CHECK(troff_argument("say \"x\"") == "\"say \\(dqx\\(dq\"");
}

TEST_CASE("troff_filled: lines stay short, and a word that looks like a request is none") {
  CHECK(troff_filled("a  b\nc") == "a b c");
  const std::string sixty(60, 'x');
  CHECK(troff_filled(sixty + " " + sixty + " .x") == sixty + "\n" + sixty + " \\&.x");
  CHECK(troff_filled(".x").starts_with("\\&"));
  CHECK(troff_filled("").empty());
}

TEST_CASE("troff_topic: paragraphs, lists and examples") {
  CHECK(troff_topic("One line\nand another.\n"
                    "\n"
                    "  0    fine\n"
                    "  1    not fine,\n"
                    "       or so\n"
                    "  a    the letter     b  another\n"
                    "\n"
                    "As in:\n"
                    "\n"
                    "  [profile]\n"
                    "  url = \"x\"    # where\n") ==
        "One line and another.\n"
        ".TP\n\\fB0\\fR\nfine\n"
        ".TP\n\\fB1\\fR\nnot fine, or so\n"
        ".TP\n\\fBa\\fR\nthe letter\n"
        ".TP\n\\fBb\\fR\nanother\n"
        ".PP\nAs in:\n"
        ".PP\n.RS 2\n.nf\n[profile]\nurl = \"x\"    # where\n.fi\n.RE\n");
}

TEST_CASE("man_page: a flag that every command has is described once") {
  const auto text = page();
  CHECK(count(text, "\\fB\\-q\\fR, \\fB\\-\\-quiet\\fR\nOnly the result\n") == 1);
  CHECK(text.find("\\-\\-quiet") > text.find(".SH \"OUTPUT FLAGS\""));
}

TEST_CASE("man_page: a connection flag is described in its own section, with the commands") {
  const auto text = page();
  CHECK(count(text, "\\fB\\-h\\fR, \\fB\\-\\-host\\fR \\fIHOST\\fR\nServer\\(aqs host\n") == 1);
  CHECK(text.find("\\-\\-host") > text.find(".SH \"CONNECTION FLAGS\""));
  CHECK(text.find("where it has them: \\fBstats\\fR.\n") != std::string::npos);
}

TEST_CASE("man_page: each command has its usage, its help and its own flags") {
  const auto text = page();
  CHECK(text.find(".SS \"rcache demo [FLAGS] [\\-\\- COMMAND...]\"\n"
                  "A playground.\n"
                  ".TP\n\\fICOMMAND\\fR\nWhat to run\n"
                  ".TP\n\\fB\\-\\-keys\\fR \\fIN\\fR\nHow many (default: 50)\n") !=
        std::string::npos);
  CHECK(text.find("\\fB\\-\\-watch\\fR [\\fIDURATION\\fR]\n") != std::string::npos);
  CHECK(text.find(".SS \"rcache tags show [FLAGS]\"") != std::string::npos);
}

TEST_CASE("man_page: nothing hidden is in it") {
  CHECK(page().find("secret") == std::string::npos);
  CHECK(page().find("internal") == std::string::npos);
}

TEST_CASE("man_page: it has the sections that people look for, in their order") {
  const auto text = page();
  std::size_t at = 0;
  for (const char* name :
       {"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "CONNECTION FLAGS", "OUTPUT FLAGS",
        "EXIT CODES", "PATTERNS", "ENVIRONMENT", "EXAMPLES", "FILES", "SEE ALSO"}) {
    CAPTURE(name);
    const auto found = text.find(std::string("\n.SH \"") + name, at);
    REQUIRE(found != std::string::npos);
    at = found;
  }
}

}  // namespace rcache::cli
