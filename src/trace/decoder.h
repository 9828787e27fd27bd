#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "trace/intake.h"

namespace rcache::trace {

/// Whether more bytes will come.
enum class More { yes, no };

/// One format of traces: bytes -> events.
class Decoder {
 public:
  virtual ~Decoder() = default;

  /// Reads what is whole, in place.
  ///
  /// In:      bytes from where the last call stopped, cut anywhere.
  /// Out:     how many it is done with. With More::no all of them.
  virtual std::size_t consume(std::string_view bytes, More more) = 0;
};

/// Carries what a decoder left over from one piece to the next.
class Feeder {
 public:
  explicit Feeder(std::unique_ptr<Decoder> decoder) : decoder_(std::move(decoder)) {}

  void feed(std::string_view piece);
  /// No more comes: an unfinished end is read as far as it goes.
  void finish();

 private:
  std::unique_ptr<Decoder> decoder_;
  std::string rest_;
};

/// A format of lines. What is longer than a line can sensibly be is counted as malformed and left
/// out, in bounded memory.
class LineDecoder : public Decoder {
 public:
  static constexpr std::size_t k_longest_line = std::size_t{32} << 20U;

  explicit LineDecoder(Intake& intake) : intake_(intake) {}
  std::size_t consume(std::string_view bytes, More more) final;

 protected:
  /// One line without its end ("\n" or "\r\n"); never empty. It is counted already.
  virtual void line(std::string_view text) = 0;
  /// No more lines come.
  virtual void end() {}

  Intake& intake_;

 private:
  void whole_line(std::string_view text);

  bool skipping_ = false;  ///< within a line that is too long
};

}  // namespace rcache::trace
