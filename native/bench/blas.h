#pragma once

#include <string>

namespace tenbin {

/// What a BLAS of this machine multiplies, if the dynamic linker finds one: no part of the build.
struct BlasRate {
  std::string library;  // empty where there is none
  double a_second = 0;  // float32 operations
};

/// On as many threads as the library takes, which its environment says.
BlasRate blas_rate();

}  // namespace tenbin
