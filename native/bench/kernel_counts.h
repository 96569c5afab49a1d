#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "tenbin/top_k.h"

namespace tenbin {

using Work = std::function<void()>;

/// Something whose instructions are counted.
struct CountedCase {
  std::string_view name;
  /// Makes the inputs, the same on every machine, and returns the work on them. Runs on one thread, uncounted; the
  /// execution outlives the work.
  Work (*prepare)(const Execution& execution);
};

/// Each kernel alone, under the name that native/sources.json has for it.
std::vector<CountedCase> kernel_cases();

/// What users call, as a whole.
std::vector<CountedCase> operation_cases();

}  // namespace tenbin
