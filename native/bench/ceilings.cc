#include "bench/ceilings.h"

namespace tenbin {

#define TENBIN_CEILINGS(isa)                                                                 \
  double spin_multiply_add_##isa(std::size_t, float*);                                       \
  double spin_dot_codes_##isa(std::size_t, std::int32_t*);                                   \
  void spin_read_##isa(const float*, std::size_t, float*);                                   \
  namespace {                                                                                \
  constexpr Ceilings isa = {spin_multiply_add_##isa, spin_dot_codes_##isa, spin_read_##isa}; \
  }

TENBIN_CEILINGS(baseline)
#if defined(__x86_64__)
TENBIN_CEILINGS(avx2)
TENBIN_CEILINGS(avxvnni)
TENBIN_CEILINGS(avx512)
TENBIN_CEILINGS(avx512vnni)
#elif defined(__aarch64__)
TENBIN_CEILINGS(neon)
TENBIN_CEILINGS(neondot)
#endif

#undef TENBIN_CEILINGS

const Ceilings& ceilings_for(Isa isa) noexcept {
  switch (isa) {
#if defined(__x86_64__)
    case Isa::kAvx2:
      return avx2;
    case Isa::kAvxVnni:
      return avxvnni;
    case Isa::kAvx512:
      return avx512;
    case Isa::kAvx512Vnni:
      return avx512vnni;
#elif defined(__aarch64__)
    case Isa::kNeon:
      return neon;
    case Isa::kNeonDot:
      return neondot;
#endif
    default:
      return baseline;
  }
}

}  // namespace tenbin
