#include <string>

#include "kernels/kernels.h"
#include "tenbin/errors.h"
#include "tenbin/isa.h"

#if defined(__x86_64__) || defined(_M_X64)
#define TENBIN_X86_64 1
#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#elif defined(__aarch64__) || defined(_M_ARM64)
#define TENBIN_ARM64 1
#endif

namespace tenbin {

namespace {

#define TENBIN_KERNELS(isa)                                                                          \
  {                                                                                                  \
    dot_tile_##isa, dot_exact_##isa, collect_at_least_##isa, add_packed_##isa, count_at_least_##isa, \
        group_maxima_##isa                                                                           \
  }

constexpr Kernels kBaselineKernels = TENBIN_KERNELS(baseline);
#if defined(TENBIN_X86_64)
constexpr Kernels kAvx2Kernels = TENBIN_KERNELS(avx2);
constexpr Kernels kAvx512Kernels = TENBIN_KERNELS(avx512);
#elif defined(TENBIN_ARM64)
constexpr Kernels kNeonKernels = TENBIN_KERNELS(neon);
#endif

#undef TENBIN_KERNELS

#if defined(TENBIN_X86_64)

struct Registers {
  unsigned eax, ebx, ecx, edx;
};

Registers cpuid(unsigned leaf) noexcept {
  Registers r{};
#if defined(_MSC_VER)
  int values[4];
  __cpuidex(values, static_cast<int>(leaf), 0);
  r = {static_cast<unsigned>(values[0]), static_cast<unsigned>(values[1]), static_cast<unsigned>(values[2]),
       static_cast<unsigned>(values[3])};
#else
  __get_cpuid_count(leaf, 0, &r.eax, &r.ebx, &r.ecx, &r.edx);
#endif
  return r;
}

/// The register states that the operating system saves; only to be read when CPUID says OSXSAVE.
unsigned xcr0() noexcept {
#if defined(_MSC_VER)
  return static_cast<unsigned>(_xgetbv(0));
#else
  unsigned low = 0;
  unsigned high = 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
#endif
}

constexpr bool has(unsigned value, unsigned bits) noexcept { return (value & bits) == bits; }

/// Intel SDM volume 2, CPUID leaves 1 and 7; volume 1, 13.3 for XCR0.
Isa best_x86() noexcept {
  constexpr unsigned kFma = 1u << 12;
  constexpr unsigned kOsxsave = 1u << 27;
  constexpr unsigned kAvx = 1u << 28;
  constexpr unsigned kAvx2 = 1u << 5;
  constexpr unsigned kAvx512FDqBwVl = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
  constexpr unsigned kSavesAvx = 0x6;
  constexpr unsigned kSavesAvx512 = 0xe6;
  if (cpuid(0).eax < 7) return Isa::kBaseline;
  if (!has(cpuid(1).ecx, kFma | kOsxsave | kAvx) || !has(xcr0(), kSavesAvx)) return Isa::kBaseline;
  const unsigned features = cpuid(7).ebx;
  if (!has(features, kAvx2)) return Isa::kBaseline;
  return has(features, kAvx512FDqBwVl) && has(xcr0(), kSavesAvx512) ? Isa::kAvx512 : Isa::kAvx2;
}

#endif

}  // namespace

std::string_view name_of(Isa isa) noexcept {
  switch (isa) {
    case Isa::kBaseline:
      return "baseline";
    case Isa::kNeon:
      return "neon";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvx512:
      return "avx512";
  }
  return "unknown";
}

std::vector<Isa> compiled_isas() {
#if defined(TENBIN_X86_64)
  return {Isa::kBaseline, Isa::kAvx2, Isa::kAvx512};
#elif defined(TENBIN_ARM64)
  return {Isa::kBaseline, Isa::kNeon};
#else
  return {Isa::kBaseline};
#endif
}

bool cpu_supports(Isa isa) noexcept {
#if defined(TENBIN_X86_64)
  static const Isa best = best_x86();
  return isa != Isa::kNeon && isa <= best;
#elif defined(TENBIN_ARM64)
  return isa == Isa::kBaseline || isa == Isa::kNeon;
#else
  return isa == Isa::kBaseline;
#endif
}

std::vector<Isa> usable_isas() {
  std::vector<Isa> usable;
  for (const Isa isa : compiled_isas()) {
    if (cpu_supports(isa)) usable.push_back(isa);
  }
  return usable;
}

Isa isa_from_name(std::string_view name) {
  std::string known;
  for (const Isa isa : usable_isas()) {
    if (name_of(isa) == name) return isa;
    known.append(known.empty() ? "" : ", ").append(name_of(isa));
  }
  throw InputError("instruction set " + std::string(name) + " is not usable on this machine (usable: " + known + ")");
}

const Kernels& kernels_for(Isa isa) noexcept {
  switch (isa) {
#if defined(TENBIN_X86_64)
    case Isa::kAvx2:
      return kAvx2Kernels;
    case Isa::kAvx512:
      return kAvx512Kernels;
#elif defined(TENBIN_ARM64)
    case Isa::kNeon:
      return kNeonKernels;
#endif
    default:
      return kBaselineKernels;
  }
}

}  // namespace tenbin
