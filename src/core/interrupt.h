#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace rcache {

/// The wish to stop (Ctrl-C, SIGTERM), and those who want to hear of it.
///
/// Everything runs on one thread; listeners are called in the order in which they came.
class Interrupt {
 public:
  using Token = std::uint64_t;

  /// True from the first request on.
  bool requested() const { return signal_ != 0; }

  /// The signal that asked first; 0 when nobody asked.
  int signal() const { return signal_; }

  /// Records the wish and tells every listener. Later requests tell them again.
  void request(int signal) {
    if (signal_ == 0) signal_ = signal;
    const auto listeners = listeners_;  // a listener may remove itself or others
    for (const auto& [token, listener] : listeners) {
      if (listeners_.contains(token)) listener();
    }
  }

  /// Calls `listener` at each request until `ignore` is called with the token.
  Token listen(std::function<void()> listener) {
    listeners_.emplace(++last_token_, std::move(listener));
    return last_token_;
  }
  void ignore(Token token) { listeners_.erase(token); }

 private:
  int signal_ = 0;
  Token last_token_ = 0;
  std::map<Token, std::function<void()>> listeners_;
};

}  // namespace rcache
