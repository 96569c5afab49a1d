#pragma once

#include <algorithm>
#include <cstddef>

#include "tenbin/vector_index.h"

namespace tenbin {

/// Asks for the rows first .. last - 1, those that there are, to be brought into the second-level cache: while one
/// block of documents is worked on, the next is on its way. A hint; does nothing where the compiler has no word for it.
inline void prefetch([[maybe_unused]] const Matrix& documents, [[maybe_unused]] std::size_t first,
                     [[maybe_unused]] std::size_t last) noexcept {
#if defined(__GNUC__)
  constexpr std::size_t kFloatsPerLine = 16;
  constexpr int kRead = 0;
  constexpr int kSecondLevel = 2;
  const std::size_t end = std::min(last, documents.count) * documents.dimension;
  for (std::size_t i = first * documents.dimension; i < end; i += kFloatsPerLine) {
    __builtin_prefetch(documents.data.data() + i, kRead, kSecondLevel);
  }
#endif
}

}  // namespace tenbin
