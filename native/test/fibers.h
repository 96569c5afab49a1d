#pragma once

#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

/// Functions that are run a stretch at a time. AddressSanitizer is told of each change of stack.
class Fibers {
 public:
  Fibers() = default;
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;

  /// Gives each of `count` fibers `body` to run; those before have ended.
  void start(std::size_t count, const std::function<void()>& body);
  /// Goes on with a fiber that has not ended until it pauses or ends.
  void resume(std::size_t fiber);
  bool ended(std::size_t fiber) const { return fibers_[fiber].ended; }

  /// From within a fiber: goes back to who resumed it.
  void pause();
  std::size_t current() const { return current_; }

 private:
  struct Fiber {
    ucontext_t context;  // of the start
    std::unique_ptr<unsigned char[]> stack;
    bool started = false;
    bool ended = false;
    void* place[5];  // where it paused
    void* sanitizer_state = nullptr;
  };

  static void enter(unsigned high, unsigned low);
  void leave(bool for_good);

  const std::function<void()>* body_ = nullptr;
  std::vector<Fiber> fibers_;
  std::size_t current_ = 0;
  void* caller_[5];
  void* caller_sanitizer_state_ = nullptr;
  const void* caller_stack_ = nullptr;
  std::size_t caller_stack_size_ = 0;
};
