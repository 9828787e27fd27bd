#pragma once

#include <string>
#include <vector>

#include "commands/command.h"
#include "commands/invalidate/options.h"

namespace rcache::invalidate {

/// The result on stdout: for --print-keys each key as soon as its fate is known, and the receipt.
///
/// Text: a line for each key, and the receipt on stderr. With -0 raw keys, each ended by a NUL
/// byte. JSON: the keys are a list in the one document, which begins before the first and ends with
/// the receipt, so that no list is ever held in memory.
class KeyList {
 public:
  KeyList(Context& context, const Options& options);

  /// In: raw keys; they are shown without the key prefix.
  void add(const std::vector<std::string>& keys);

  /// Errors:  output, also that of an earlier key; none for a closed pipe.
  Result<void> finish(const std::string& receipt);

 private:
  void begin();
  void write(std::string_view text);

  Context& context_;
  bool list_;
  bool raw_;
  bool json_;
  bool begun_ = false;
  bool first_ = true;
  Result<void> written_;
};

}  // namespace rcache::invalidate
