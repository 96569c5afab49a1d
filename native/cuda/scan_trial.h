#pragma once

#include <cstddef>
#include <memory>

#include "gpu.h"

namespace tenbin {

/// Whether a search on `gpu` finds, in random documents, what the core finds: the same documents and scores, to the
/// last bit, without the core's help. A kernel that was never seen to work on the GPU at hand is tried so before it is
/// used. False also when the GPU fails. Throws Cancelled.
/// @param documents at least 100
bool finds_what_the_core_finds(std::unique_ptr<Gpu> gpu, std::size_t documents, const Execution& execution);

}  // namespace tenbin
