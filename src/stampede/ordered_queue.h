#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rcache::stampede {

/// A first-in first-out queue in one block of memory, which grows as it must.
template <typename T>
class Ring {
 public:
  bool empty() const { return first_ == last_; }
  std::size_t size() const { return last_ - first_; }
  const T& front() const { return slots_[first_ & mask_]; }
  const T& back() const { return slots_[(last_ - 1) & mask_]; }
  void pop() { ++first_; }
  void push(const T& value) {
    if (size() == slots_.size()) grow();
    slots_[last_++ & mask_] = value;
  }

 private:
  void grow() {
    std::vector<T> larger(std::max<std::size_t>(16, slots_.size() * 2));
    const auto count = size();
    for (std::size_t index = 0; index < count; ++index)
      larger[index] = slots_[(first_ + index) & mask_];
    slots_ = std::move(larger);
    mask_ = slots_.size() - 1;
    first_ = 0;
    last_ = count;
  }

  std::vector<T> slots_;
  std::size_t mask_ = 0;
  std::size_t first_ = 0;
  std::size_t last_ = 0;
};

/// Takes things out in the order of `operator<`. What comes in order goes through a ring, at a
/// constant cost; only what does not goes through a heap.
template <typename T>
class OrderedQueue {
 public:
  bool empty() const { return ring_.empty() && heap_.empty(); }
  const T& front() const { return from_heap() ? heap_.front() : ring_.front(); }
  void push(const T& value) {
    if (ring_.empty() || !(value < ring_.back())) {
      ring_.push(value);
    } else {
      heap_.push_back(value);
      std::push_heap(heap_.begin(), heap_.end(), Later());
    }
  }
  void pop() {
    if (from_heap()) {
      std::pop_heap(heap_.begin(), heap_.end(), Later());
      heap_.pop_back();
    } else {
      ring_.pop();
    }
  }

 private:
  struct Later {
    bool operator()(const T& a, const T& b) const { return b < a; }
  };
  bool from_heap() const {
    return !heap_.empty() && (ring_.empty() || heap_.front() < ring_.front());
  }

  Ring<T> ring_;
  std::vector<T> heap_;
};

}  // namespace rcache::stampede
