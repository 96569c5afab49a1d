#pragma once

#include <string_view>
#include <vector>

namespace tenbin {

/// Instruction sets that kernels are compiled for, worst first.
enum class Isa { kBaseline, kNeon, kNeonDot, kAvx2, kAvxVnni, kAvx512, kAvx512Vnni };

std::string_view name_of(Isa isa) noexcept;

/// Levels in this binary, worst first; always holds kBaseline.
std::vector<Isa> compiled_isas();

/// Whether this CPU and this operating system (XCR0: it must save the registers) run the level.
bool cpu_supports(Isa isa) noexcept;

/// Compiled and supported, worst first; the last is what is used by default.
std::vector<Isa> usable_isas();

/// The usable level called `name`. Throws InputError when there is none, listing those there are.
Isa isa_from_name(std::string_view name);

struct Kernels;
/// The kernels of a usable level.
const Kernels& kernels_for(Isa isa) noexcept;

}  // namespace tenbin
