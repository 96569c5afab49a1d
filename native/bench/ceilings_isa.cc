// Compiled once for each instruction set: TENBIN_ISA names it, TENBIN_LANES and TENBIN_CODES are its registers'
// headers.
#include TENBIN_LANES
#include TENBIN_CODES

#define TENBIN_JOIN_(name, isa) name##_##isa
#define TENBIN_JOIN(name, isa) TENBIN_JOIN_(name, isa)
#define TENBIN_FOR_ISA(name) TENBIN_JOIN(name, TENBIN_ISA)
#define TENBIN_UNROLLED _Pragma("GCC unroll 32")

namespace {

/// For the compiler, what lies at `p` may have changed, so it can neither foresee nor reuse what is worked out from it.
inline void forget(const void* p) { __asm__ volatile("" : : "r"(p) : "memory"); }

}  // namespace

namespace tenbin {

double TENBIN_FOR_ISA(spin_multiply_add)(std::size_t steps, float* sink) {
  constexpr std::size_t kSums = F32::kTileRows * F32::kTileRegisters;
  float values[(kSums + 2) * F32::kWidth] = {};
  forget(values);
  const F32 a = F32::load(values + kSums * F32::kWidth);
  const F32 b = F32::load(values + (kSums + 1) * F32::kWidth);
  F32 sums[kSums];
  TENBIN_UNROLLED for (std::size_t i = 0; i < kSums; ++i) sums[i] = F32::load(values + i * F32::kWidth);
  for (std::size_t step = 0; step < steps; ++step) {
    TENBIN_UNROLLED for (std::size_t i = 0; i < kSums; ++i) sums[i] = F32::multiply_add(a, b, sums[i]);
  }
  float total = 0;
  TENBIN_UNROLLED for (std::size_t i = 0; i < kSums; ++i) total += sum(sums[i]);
  *sink = total;
  return 2.0 * static_cast<double>(steps * kSums * F32::kWidth);
}

double TENBIN_FOR_ISA(spin_dot_codes)(std::size_t steps, std::int32_t* sink) {
  constexpr std::size_t kRows = kCodePanels * 16 / CodeSums::kWidth;
  constexpr std::size_t kBytes = 4 * CodeSums::kWidth;
  constexpr std::size_t kCached = 16;  // operands change from step to step, or they would be multiplied but once
  std::uint8_t documents[kCached * kRows * kBytes] = {};
  std::int8_t queries[kCached * kCodeQueries * 4] = {};
  forget(documents);
  forget(queries);
  CodeSums sums[kCodeQueries][kRows];
  TENBIN_UNROLLED for (std::size_t q = 0; q < kCodeQueries; ++q) {
    TENBIN_UNROLLED for (std::size_t d = 0; d < kRows; ++d) sums[q][d] = CodeSums::all(0);
  }
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t at = step % kCached;
    CodeBytes rows[kRows];
    TENBIN_UNROLLED for (std::size_t d = 0; d < kRows; ++d) {
      rows[d] = CodeBytes::load(documents + (at * kRows + d) * kBytes);
    }
    TENBIN_UNROLLED for (std::size_t q = 0; q < kCodeQueries; ++q) {
      const CodeBytes query = CodeBytes::broadcast(queries + 4 * (at * kCodeQueries + q));
      TENBIN_UNROLLED for (std::size_t d = 0; d < kRows; ++d) sums[q][d] = add_products(sums[q][d], rows[d], query);
    }
  }
  std::int32_t totals[kCodeQueries * kRows * CodeSums::kWidth];
  TENBIN_UNROLLED for (std::size_t q = 0; q < kCodeQueries; ++q) {
    TENBIN_UNROLLED for (std::size_t d = 0; d < kRows; ++d) {
      sums[q][d].store(totals + (q * kRows + d) * CodeSums::kWidth);
    }
  }
  forget(totals);
  *sink = totals[0];
  return 2.0 * static_cast<double>(steps * kCodeQueries * kRows * kBytes);
}

void TENBIN_FOR_ISA(spin_read)(const float* values, std::size_t count, float* sink) {
  constexpr std::size_t kRegisters = 8;
  F32 largest[kRegisters];
  TENBIN_UNROLLED for (std::size_t i = 0; i < kRegisters; ++i) largest[i] = F32::zero();
  for (std::size_t begin = 0; begin < count; begin += kRegisters * F32::kWidth) {
    TENBIN_UNROLLED for (std::size_t i = 0; i < kRegisters; ++i) {
      largest[i] = F32::max(largest[i], F32::load(values + begin + i * F32::kWidth));
    }
  }
  float total = 0;
  TENBIN_UNROLLED for (std::size_t i = 0; i < kRegisters; ++i) total += sum(largest[i]);
  *sink = total;
}

}  // namespace tenbin
