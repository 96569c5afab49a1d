#pragma once

#include <cstddef>
#include <cstdint>

#include "tenbin/isa.h"

namespace tenbin {

/// Loops that do nothing but keep one unit of a core busy, in the registers of one instruction set. The first two
/// return how many operations they did, a product and a sum being two; what they work out goes to `sink`, so that no
/// compiler leaves the work away.
struct Ceilings {
  /// float32, on as many accumulators as dot_tile keeps.
  double (*multiply_add)(std::size_t steps, float* sink);
  /// Bytes, on as many accumulators as dot_codes keeps. The operands come from the first-level cache.
  double (*dot_codes)(std::size_t steps, std::int32_t* sink);
  /// Reads `count` values once, a multiple of 256.
  void (*read)(const float* values, std::size_t count, float* sink);
};

/// The loops of a usable level.
const Ceilings& ceilings_for(Isa isa) noexcept;

}  // namespace tenbin
