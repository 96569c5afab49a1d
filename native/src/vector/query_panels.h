#pragma once

#include <cstddef>

#include "kernels/kernels.h"
#include "vector/aligned_array.h"

namespace tenbin {

/// Queries as DotTile takes them, but for a few that do not fill a panel.
class QueryPanels {
 public:
  /// @param rows [count][dimension], which must outlive this.
  QueryPanels(const float* rows, std::size_t count, std::size_t dimension, const Kernels& kernels);

  /// So many rows a tile has: the queries, and what fills the last panel.
  std::size_t tile_rows() const noexcept { return panel_count_ * kQueriesPerPanel + few_; }

  /// Queries are scored in so many groups, of about the same work.
  std::size_t groups() const noexcept;

  /// tile[q * stride + d] = scale[d] * dot(query q, documents[d]), to the bound of DotTile, for all q of the group.
  void score(std::size_t group, const float* documents, std::size_t count, const float* scale, float* tile,
             std::size_t stride) const;

 private:
  const float* rows_;
  std::size_t dimension_;
  const Kernels& kernels_;
  std::size_t panel_count_;
  std::size_t few_;  // of the last queries, which are in no panel
  AlignedArray<float> panels_;
};

}  // namespace tenbin
