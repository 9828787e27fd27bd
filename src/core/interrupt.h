#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace rcache {

/// The wish to stop (Ctrl-C, SIGTERM), and those who want to hear of it.
///
/// Usually the first request ends everything. While somebody holds a Grace, it is only a wish:
/// those who listen_early() hear of it, finish what they have begun, and the second request ends
/// everything.
///
/// Everything runs on one thread; listeners are called in the order in which they came.
class Interrupt {
 public:
  using Token = std::uint64_t;

  /// True from the first request on.
  bool requested() const { return signal_ != 0; }

  /// The signal that asked first; 0 when nobody asked.
  int signal() const { return signal_; }

  /// True when everything has been told to end: one more request has nobody left to tell.
  bool insisted() const { return insisted_; }

  /// Records the wish and tells the listeners.
  void request(int signal) {
    const bool repeated = requested();
    if (signal_ == 0) signal_ = signal;
    tell(early_);
    if (graces_ == 0 || repeated) insist();
  }

  /// Calls `listener` when everything is to end, until `ignore` is called with the token.
  Token listen(std::function<void()> listener) { return add(listeners_, std::move(listener)); }
  /// Calls `listener` at each request, Grace or not.
  Token listen_early(std::function<void()> listener) { return add(early_, std::move(listener)); }
  void ignore(Token token) {
    listeners_.erase(token);
    early_.erase(token);
  }

  /// As long as it lives, the first request does not end connections: what was sent is waited for.
  class Grace {
   public:
    explicit Grace(Interrupt& interrupt) : interrupt_(interrupt) { ++interrupt_.graces_; }
    ~Grace() {
      if (--interrupt_.graces_ == 0 && interrupt_.requested()) interrupt_.insist();
    }
    Grace(const Grace&) = delete;
    Grace& operator=(const Grace&) = delete;

   private:
    Interrupt& interrupt_;
  };

 private:
  using Listeners = std::map<Token, std::function<void()>>;

  Token add(Listeners& listeners, std::function<void()> listener) {
    listeners.emplace(++last_token_, std::move(listener));
    return last_token_;
  }
  void insist() {
    insisted_ = true;
    tell(listeners_);
  }
  static void tell(Listeners& to) {
    const auto listeners = to;  // a listener may remove itself or others
    for (const auto& [token, listener] : listeners) {
      if (to.contains(token)) listener();
    }
  }

  int signal_ = 0;
  int graces_ = 0;
  bool insisted_ = false;
  Token last_token_ = 0;
  Listeners listeners_;
  Listeners early_;
};

}  // namespace rcache
