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
#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#elif defined(_WIN32)
#include <windows.h>
#endif
#endif

namespace tenbin {

namespace {

// A level that adds one kernel shares the others with the level below it.
#define TENBIN_KERNELS(isa, dot_codes, adds_pairs_in_16_bits, multiplies_codes_faster)                               \
  {                                                                                                                  \
    dot_tile_##isa, dot_listed_##isa, dot_exact_##isa, squared_norm_##isa, collect_at_least_##isa, add_packed_##isa, \
        count_at_least_##isa, group_maxima_##isa, hamming_##isa, code_row_##isa, collect_bounded_##isa, dot_codes,   \
        adds_pairs_in_16_bits, multiplies_codes_faster                                                               \
  }

constexpr Kernels kBaselineKernels = TENBIN_KERNELS(baseline, dot_codes_baseline, false, false);
#if defined(TENBIN_X86_64)
constexpr Kernels kAvx2Kernels = TENBIN_KERNELS(avx2, dot_codes_avx2, true, true);
constexpr Kernels kAvxVnniKernels = TENBIN_KERNELS(avx2, dot_codes_avxvnni, false, true);
constexpr Kernels kAvx512Kernels = TENBIN_KERNELS(avx512, dot_codes_avx512, true, true);
constexpr Kernels kAvx512VnniKernels = TENBIN_KERNELS(avx512, dot_codes_avx512vnni, false, true);
#elif defined(TENBIN_ARM64)
constexpr Kernels kNeonKernels = TENBIN_KERNELS(neon, dot_codes_neon, false, true);
constexpr Kernels kNeonDotKernels = TENBIN_KERNELS(neon, dot_codes_neondot, false, true);
#endif

#undef TENBIN_KERNELS

#if defined(TENBIN_X86_64)

struct Registers {
  unsigned eax, ebx, ecx, edx;
};

constexpr unsigned bit(Isa isa) noexcept { return 1u << static_cast<unsigned>(isa); }

Registers cpuid(unsigned leaf, unsigned subleaf = 0) noexcept {
  Registers r{};
#if defined(_MSC_VER)
  int values[4];
  __cpuidex(values, static_cast<int>(leaf), static_cast<int>(subleaf));
  r = {static_cast<unsigned>(values[0]), static_cast<unsigned>(values[1]), static_cast<unsigned>(values[2]),
       static_cast<unsigned>(values[3])};
#else
  __get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx);
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

/// What CPUID (Intel SDM volume 2, leaves 1 and 7) and XCR0 (volume 1, 13.3) say together, one bit a level.
unsigned x86_levels() noexcept {
  constexpr unsigned kFma = 1u << 12;
  constexpr unsigned kOsxsave = 1u << 27;
  constexpr unsigned kAvx = 1u << 28;
  constexpr unsigned kAvx2 = 1u << 5;
  constexpr unsigned kAvx512FDqBwVl = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
  constexpr unsigned kAvx512Vnni = 1u << 11;
  constexpr unsigned kAvxVnni = 1u << 4;
  constexpr unsigned kSavesAvx = 0x6;
  constexpr unsigned kSavesAvx512 = 0xe6;
  unsigned levels = bit(Isa::kBaseline);
  if (cpuid(0).eax < 7) return levels;
  if (!has(cpuid(1).ecx, kFma | kOsxsave | kAvx) || !has(xcr0(), kSavesAvx)) return levels;
  const Registers features = cpuid(7);
  if (!has(features.ebx, kAvx2)) return levels;
  levels |= bit(Isa::kAvx2);
  if (features.eax >= 1 && has(cpuid(7, 1).eax, kAvxVnni)) levels |= bit(Isa::kAvxVnni);
  if (!has(features.ebx, kAvx512FDqBwVl) || !has(xcr0(), kSavesAvx512)) return levels;
  levels |= bit(Isa::kAvx512);
  if (has(features.ecx, kAvx512Vnni)) levels |= bit(Isa::kAvx512Vnni);
  return levels;
}

#elif defined(TENBIN_ARM64)

bool has_dot_product() noexcept {
#if defined(__APPLE__)
  return true;  // since the first of these processors
#elif defined(__linux__)
  return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#elif defined(_WIN32)
  return IsProcessorFeaturePresent(43) != 0;  // PF_ARM_V82_DP_INSTRUCTIONS_AVAILABLE
#else
  return false;
#endif
}

#endif

}  // namespace

std::string_view name_of(Isa isa) noexcept {
  switch (isa) {
    case Isa::kBaseline:
      return "baseline";
    case Isa::kNeon:
      return "neon";
    case Isa::kNeonDot:
      return "neondot";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvxVnni:
      return "avxvnni";
    case Isa::kAvx512:
      return "avx512";
    case Isa::kAvx512Vnni:
      return "avx512vnni";
  }
  return "unknown";
}

std::vector<Isa> compiled_isas() {
#if defined(TENBIN_X86_64)
  return {Isa::kBaseline, Isa::kAvx2, Isa::kAvxVnni, Isa::kAvx512, Isa::kAvx512Vnni};
#elif defined(TENBIN_ARM64)
  return {Isa::kBaseline, Isa::kNeon, Isa::kNeonDot};
#else
  return {Isa::kBaseline};
#endif
}

bool cpu_supports(Isa isa) noexcept {
#if defined(TENBIN_X86_64)
  static const unsigned levels = x86_levels();
  return (levels & bit(isa)) != 0;
#elif defined(TENBIN_ARM64)
  if (isa == Isa::kNeonDot) return has_dot_product();
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
    case Isa::kAvxVnni:
      return kAvxVnniKernels;
    case Isa::kAvx512:
      return kAvx512Kernels;
    case Isa::kAvx512Vnni:
      return kAvx512VnniKernels;
#elif defined(TENBIN_ARM64)
    case Isa::kNeon:
      return kNeonKernels;
    case Isa::kNeonDot:
      return kNeonDotKernels;
#endif
    default:
      return kBaselineKernels;
  }
}

}  // namespace tenbin
