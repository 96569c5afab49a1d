#include "vector/query_panels.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

#include "vector/search_plan.h"

namespace tenbin {

namespace {

/// In whole registers of queries for every kernel.
constexpr std::size_t kPanelsPerGroup = 3;

/// So many cost less one by one than a panel whose other lanes are idle.
constexpr std::size_t kFewQueries = 4;

constexpr std::size_t kListed = 64;
constexpr auto kPositions = [] {
  std::array<std::uint32_t, kListed> positions{};
  std::iota(positions.begin(), positions.end(), 0u);
  return positions;
}();

std::size_t few_of(std::size_t count) {
  const std::size_t rest = count % kQueriesPerPanel;
  return rest <= kFewQueries ? rest : 0;
}

}  // namespace

QueryPanels::QueryPanels(const float* rows, std::size_t count, std::size_t dimension, const Kernels& kernels)
    : rows_(rows),
      dimension_(dimension),
      kernels_(kernels),
      panel_count_(ceil_div(count - few_of(count), kQueriesPerPanel)),
      few_(few_of(count)),
      panels_(panel_count_ * dimension * kQueriesPerPanel) {
  for (std::size_t q = 0; q < panel_count_ * kQueriesPerPanel; ++q) {
    float* out = panels_.get() + q / kQueriesPerPanel * kQueriesPerPanel * dimension + q % kQueriesPerPanel;
    for (std::size_t i = 0; i < dimension; ++i) out[i * kQueriesPerPanel] = q < count ? rows[q * dimension + i] : 0.0f;
  }
}

std::size_t QueryPanels::groups() const noexcept {
  return ceil_div(panel_count_, kPanelsPerGroup) + (few_ > 0 ? 1 : 0);
}

void QueryPanels::score(std::size_t group, const float* documents, std::size_t count, const float* scale, float* tile,
                        std::size_t stride) const {
  const std::size_t panel = group * kPanelsPerGroup;
  if (panel < panel_count_) {
    kernels_.dot_tile(panels_.get() + panel * kQueriesPerPanel * dimension_,
                      std::min(kPanelsPerGroup, panel_count_ - panel), documents, count, dimension_, scale,
                      tile + panel * kQueriesPerPanel * stride, stride);
    return;
  }
  for (std::size_t q = panel_count_ * kQueriesPerPanel; q < tile_rows(); ++q) {
    float* out = tile + q * stride;
    for (std::size_t first = 0; first < count; first += kListed) {
      kernels_.dot_listed(rows_ + q * dimension_, documents + first * dimension_, dimension_, kPositions.data(),
                          std::min(kListed, count - first), out + first);
    }
    for (std::size_t d = 0; d < count; ++d) out[d] *= scale[d];
  }
}

}  // namespace tenbin
