#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "support/contains.h"
#include "support/program.h"
#include "support/server.h"

namespace rcache::test {

/// The lines of a text, without their ends.
inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// What every failure looks like: nothing on stdout, one line that names the thing, at most a hint.
inline void check_refused(const ProgramResult& result, int exit_code, std::string_view part) {
  CAPTURE(result.describe());
  CAPTURE(part);
  CHECK(result.exit_code == exit_code);
  CHECK(result.out.empty());
  const auto lines = lines_of(result.err);
  REQUIRE(!lines.empty());
  CHECK(lines.size() <= 2);
  CHECK(lines[0].starts_with("rcache: "));
  if (lines.size() == 2) CHECK(lines[1].starts_with("hint: "));
  CHECK(contains(result.err, part));
  CHECK(result.left_behind.empty());
}

/// rcache with these words behind the address of a server.
inline ProgramResult run_at(const Server& server, std::vector<std::string> words,
                            std::vector<std::string> environment = {}) {
  words.insert(words.begin() + 1, {"-u", server.url()});
  return run_rcache(std::move(words), std::move(environment));
}

/// Three reads that hit and one that misses.
inline void read_three_of_four(Server& server) {
  server.command({"SET", "present", "1"});
  for (const char* key : {"present", "present", "present", "absent"}) server.command({"GET", key});
}

/// The program's connection to a listening socket of ours.
inline FileHandle accept_from(const FileHandle& listener, Program& program) {
  FileHandle peer;
  wait_until("a connection", [&] {
    program.so_far();  // its stdin is written in there
    peer = FileHandle(::accept(listener.get(), nullptr, nullptr));
    return static_cast<bool>(peer);
  });
  return peer;
}

inline bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace rcache::test
