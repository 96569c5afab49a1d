#include "bench/blas.h"

#include <dlfcn.h>

#include <vector>

#include "bench/rate.h"

namespace tenbin {

namespace {

using Sgemm = void (*)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float* a,
                       int lda, const float* b, int ldb, float beta, float* c, int ldc);

// Values of the CBLAS interface.
constexpr int kRowMajor = 101;
constexpr int kNotTransposed = 111;
constexpr int kTransposed = 112;

constexpr int kSide = 2048;

}  // namespace

BlasRate blas_rate() {
  for (const char* library : {"libmkl_rt.so.2", "libopenblas.so.0", "libblis.so.4", "libblas.so.3",
                              "/System/Library/Frameworks/Accelerate.framework/Accelerate"}) {
    void* const handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) continue;
    // Never closed: a BLAS keeps threads.
    const auto sgemm = reinterpret_cast<Sgemm>(dlsym(handle, "cblas_sgemm"));
    if (sgemm == nullptr) continue;
    const std::vector<float> a(kSide * kSide, 0.5f);
    const std::vector<float> b(kSide * kSide, 0.5f);
    std::vector<float> c(kSide * kSide);
    double best = 0;
    for (int attempt = 0; attempt <= kAttempts; ++attempt) {
      const double seconds = seconds_of([&] {
        sgemm(kRowMajor, kNotTransposed, kTransposed, kSide, kSide, kSide, 1, a.data(), kSide, b.data(), kSide, 0,
              c.data(), kSide);
      });
      const double rate = 2.0 * kSide * kSide * kSide / seconds;
      if (attempt > 0) best = std::max(best, rate);
    }
    return {library, best};
  }
  return {};
}

}  // namespace tenbin
