#include "trace/decoder.h"

#include <cstring>

namespace rcache::trace {

void Feeder::feed(std::string_view piece) {
  if (rest_.empty()) {
    rest_.assign(piece.substr(decoder_->consume(piece, More::yes)));
    return;
  }
  rest_ += piece;
  const auto done = decoder_->consume(rest_, More::yes);
  rest_.erase(0, done);
}

void Feeder::finish() {
  decoder_->consume(rest_, More::no);
  rest_.clear();
}

std::size_t LineDecoder::consume(std::string_view bytes, More more) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto* begin = bytes.data() + at;
    const auto left = bytes.size() - at;
    const auto* newline = static_cast<const char*>(std::memchr(begin, '\n', left));
    if (newline == nullptr) break;
    const auto size = static_cast<std::size_t>(newline - begin);
    whole_line({begin, size});
    at += size + 1;
  }
  if (more == More::no) {
    if (at < bytes.size()) whole_line(bytes.substr(at));
    end();
    return bytes.size();
  }
  if (skipping_) return bytes.size();
  if (bytes.size() - at <= k_longest_line) return at;
  ++intake_.tally.lines;
  intake_.tally.add_malformed("longer than 32 MiB");
  skipping_ = true;
  return bytes.size();
}

void LineDecoder::whole_line(std::string_view text) {
  if (skipping_) {  // the end of a line that was counted when it became too long
    skipping_ = false;
    return;
  }
  if (text.ends_with('\r')) text.remove_suffix(1);
  ++intake_.tally.lines;
  if (!text.empty()) line(text);
}

}  // namespace rcache::trace
