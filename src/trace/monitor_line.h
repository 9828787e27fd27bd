#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rcache::trace {

/// One argument as MONITOR prints it, between its quotes.
struct QuotedWord {
  std::string_view text;   ///< with its escapes
  std::uint64_t size = 0;  ///< bytes of what it stands for
  bool escaped() const { return size != text.size(); }
};

/// One line of MONITOR.
struct MonitorLine {
  std::int64_t time_ns = 0;  ///< since 1970, the server's clock
  std::uint16_t database = 0;
  std::string_view source;  ///< "10.0.0.7:43272", "[::1]:54334", "unix:/run/r.sock", "lua", ""
  std::string_view verb;    ///< the command's name as it was sent, with its escapes
  std::string_view rest;    ///< what stands behind the verb: for read_words()
};

/// Takes a line apart as far as its verb; most lines need no more.
///
/// In:      a line of `redis-cli monitor`, or of the wire with its "+" in front.
/// Out:     nullptr, or what is wrong with it.
/// Source:  https://redis.io/docs/latest/commands/monitor/, and replicationFeedMonitors in
///          https://github.com/redis/redis/blob/7.0/src/replication.c; before 2.6 "(db 0)" and no
///          source
const char* read_monitor_line(std::string_view line, MonitorLine& out);

/// The arguments behind the verb, without copying.
///
/// Out:     nullptr, or what is wrong: then `out` has those before.
/// Source:  sdscatrepr in https://github.com/redis/redis/blob/7.0/src/sds.c: \\ \" \n \r \t \a \b
///          and \xHH
const char* read_words(std::string_view rest, std::vector<QuotedWord>& out);

/// What a word stands for. Without escapes it is the text itself, else it is built in `room`.
std::string_view unescape(const QuotedWord& word, std::string& room);

}  // namespace rcache::trace
