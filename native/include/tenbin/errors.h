#pragma once

#include <stdexcept>

namespace tenbin {

/// The caller's input is wrong; the message is one line that names the argument. The core throws nothing else on
/// user data except Cancelled and std::bad_alloc.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown out of a computation whose Cancellation was cancelled.
class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error("cancelled") {}
};

}  // namespace tenbin
