#include "fibers.h"

#include <cstdint>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace {

constexpr std::size_t kStackBytes = 256 * 1024;

// swapcontext asks the kernel for the signal mask at each change, which would be most of a test's time: it only starts
// a fiber. AddressSanitizer would forget all of a stack at each call that does not return, and is not told of these.
#define FIBERS_CHANGE [[gnu::noinline, gnu::no_sanitize("address")]]

FIBERS_CHANGE void jump(void** to) { __builtin_longjmp(to, 1); }

/// Goes on where `to` was left; returns when somebody goes on with `from`.
FIBERS_CHANGE void change(void** from, void** to) {
  if (__builtin_setjmp(from) == 0) jump(to);
}

/// Starts a fiber; returns when it goes on with `from`.
FIBERS_CHANGE void start_fiber(void** from, const ucontext_t* fiber) {
  if (__builtin_setjmp(from) == 0) setcontext(fiber);
}

}  // namespace

void Fibers::start(std::size_t count, const std::function<void()>& body) {
  body_ = &body;
  while (fibers_.size() < count) {
    fibers_.emplace_back();
    fibers_.back().stack.reset(new unsigned char[kStackBytes]);
  }
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  for (std::size_t i = 0; i < count; ++i) {
    Fiber& fiber = fibers_[i];
    fiber.ended = false;
    fiber.started = false;
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = kStackBytes;
    fiber.context.uc_link = nullptr;
    // makecontext passes ints only.
    makecontext(&fiber.context, reinterpret_cast<void (*)()>(&Fibers::enter), 2, static_cast<unsigned>(self >> 32),
                static_cast<unsigned>(self));
  }
}

void Fibers::enter(unsigned high, unsigned low) {
  auto* const fibers = reinterpret_cast<Fibers*>(static_cast<std::uintptr_t>(high) << 32 | low);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, &fibers->caller_stack_, &fibers->caller_stack_size_);
#endif
  (*fibers->body_)();
  fibers->leave(true);
}

void Fibers::resume(std::size_t fiber) {
  current_ = fiber;
  Fiber& next = fibers_[fiber];
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(&caller_sanitizer_state_, next.stack.get(), kStackBytes);
#endif
  if (next.started) {
    change(caller_, next.place);
  } else {
    next.started = true;
    start_fiber(caller_, &next.context);
  }
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(caller_sanitizer_state_, nullptr, nullptr);
#endif
}

void Fibers::pause() { leave(false); }

void Fibers::leave([[maybe_unused]] bool for_good) {
  Fiber& self = fibers_[current_];
  self.ended = for_good;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(for_good ? nullptr : &self.sanitizer_state, caller_stack_, caller_stack_size_);
#endif
  change(self.place, caller_);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(self.sanitizer_state, &caller_stack_, &caller_stack_size_);
#endif
}
