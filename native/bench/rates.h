#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "tenbin/isa.h"

namespace tenbin {

/// What was reached on so many threads, in operations or bytes a second unless its name says otherwise.
struct Rate {
  std::string_view name;
  std::size_t threads;
  double a_second;
};

inline constexpr std::size_t kDimensions = 768;
inline constexpr std::size_t kDocuments = 100'000;

/// The machine's: `multiply_add` of float32 and `dot_codes` of bytes in operations, `read` in bytes.
std::vector<Rate> ceiling_rates(Isa isa, std::size_t threads);

/// The kernels alone, on blocks that stay in the second-level cache: `kernel dot_tile` and `kernel dot_codes`.
std::vector<Rate> kernel_rates(Isa isa, std::size_t threads);

/// Whole searches for the top 100 of kDocuments: `float32 batch` and `codes batch` in operations, `float32 single` and
/// `codes single` in bytes of what is scanned; and `allocations`, how often one `codes batch` allocates, which is no
/// rate.
/// @param embeddings [kDocuments, kDimensions]; the first of them are the queries, scaled.
std::vector<Rate> scan_rates(Isa isa, std::size_t threads, std::span<const float> embeddings);

}  // namespace tenbin
