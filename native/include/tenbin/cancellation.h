#pragma once

#include <atomic>

#include "tenbin/errors.h"

namespace tenbin {

/// A flag that one thread raises and the threads of a computation read between blocks of work.
class Cancellation {
 public:
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }
  /// Throws Cancelled when the flag is up.
  void check() const {
    if (cancelled()) throw Cancelled();
  }

 private:
  std::atomic<bool> cancelled_{false};
};

}  // namespace tenbin
