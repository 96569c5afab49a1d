// Queries in panels and few beside them, against plain float64.

#include "vector/query_panels.h"

#include <cmath>
#include <string>
#include <vector>

#include "harness.h"

namespace {

std::vector<float> gaussian(harness::Random& random, std::size_t count) {
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& x : values) x = normal(random);
  return values;
}

}  // namespace

TEST(every_query_is_scored_whether_panels_are_full_or_not) {
  constexpr std::size_t kDimension = 37;
  constexpr std::size_t kDocuments = 70;  // more than are listed at once
  constexpr float kUntouched = 77;
  harness::Random random(21);
  const auto documents = gaussian(random, kDocuments * kDimension);
  const auto scale = gaussian(random, kDocuments);
  harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
    for (const std::size_t count : {0u, 1u, 4u, 5u, 15u, 16u, 17u, 20u, 21u, 48u, 50u, 64u, 101u}) {
      const auto queries = gaussian(random, count * kDimension);
      const tenbin::QueryPanels panels(queries.data(), count, kDimension, execution.kernels);
      CHECK_WITH(panels.tile_rows() >= count, level << ", " << count);
      const std::size_t stride = kDocuments + 2;
      std::vector<float> tile((panels.tile_rows() + 1) * stride, kUntouched);
      for (std::size_t g = 0; g < panels.groups(); ++g) {
        panels.score(g, documents.data(), kDocuments, scale.data(), tile.data(), stride);
      }
      for (std::size_t q = 0; q < count; ++q) {
        for (std::size_t d = 0; d < kDocuments; ++d) {
          double dot = 0;
          double size = 0;
          for (std::size_t i = 0; i < kDimension; ++i) {
            const double product = static_cast<double>(queries[q * kDimension + i]) * documents[d * kDimension + i];
            dot += product;
            size += std::abs(product);
          }
          const double error =
              std::abs(static_cast<double>(tile[q * stride + d]) - dot * static_cast<double>(scale[d]));
          CHECK_WITH(error <= (kDimension + 1) * 0x1p-24 * 1.01 * size * std::abs(static_cast<double>(scale[d])),
                     level << ", " << count << ": " << q << " x " << d);
        }
      }
      for (std::size_t row = 0; row <= panels.tile_rows(); ++row) {
        const std::size_t first = row < panels.tile_rows() ? kDocuments : 0;
        for (std::size_t d = first; d < stride; ++d) {
          CHECK_WITH(tile[row * stride + d] == kUntouched, level << ", " << count << ": wrote outside the tile");
        }
      }
    }
  });
}
