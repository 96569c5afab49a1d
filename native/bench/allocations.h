#pragma once

#include <cstddef>

namespace tenbin {

/// How often this program has called operator new, on all threads.
std::size_t allocations() noexcept;

}  // namespace tenbin
