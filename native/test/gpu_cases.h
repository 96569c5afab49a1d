#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cuda/gpu_index.h"
#include "harness.h"
#include "tenbin/vector_index.h"

// Documents and queries that GPU searches are held to the core's results on.

namespace gpu_cases {

enum Kind {
  kRandom,
  kClustered,
  kDuplicated,
  kConstant,
  kNearTies,
  kTiny,
  kHuge,
  kOneHuge,
  kWithZeros,
  kAscending,
  kKinds
};

inline std::vector<float> rows_of(int kind, harness::Random& random, std::size_t count, std::size_t dimension) {
  std::normal_distribution<float> normal;
  std::vector<float> rows(count * dimension);
  for (float& x : rows) x = normal(random);
  std::vector<float> centre(dimension);
  for (float& x : centre) x = normal(random);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t i = 0; i < dimension; ++i) {
      float& x = rows[r * dimension + i];
      if (kind == kClustered) x = 1 + 0.01f * x;
      if (kind == kDuplicated && r % 3 != 0) x = rows[i];
      if (kind == kConstant) x = 0.1f;
      if (kind == kNearTies) x = centre[i] * (1 + 1e-7f * std::round(x));
      if (kind == kTiny) x *= 1e-30f;
      if (kind == kHuge) x *= 1e25f;
      if (kind == kOneHuge && r == 0) x *= 1e8f;
      if (kind == kWithZeros && r % 2 == 0) x = 0;
      // Of a positive query later documents score higher: each slice brings only better ones.
      if (kind == kAscending) x = centre[i] + 0.001f * static_cast<float>(r) * std::abs(centre[i]) + 1e-6f * x;
    }
  }
  return rows;
}

struct Case {
  Case(harness::Random& random, int document_kind, int query_kind, std::size_t documents, std::size_t queries,
       std::size_t dimension)
      : rows(rows_of(document_kind, random, documents, dimension)),
        asked(rows_of(query_kind, random, queries, dimension)),
        ranks(harness::permutation(random, documents)),
        document_matrix{rows, documents, dimension},
        query_matrix{asked, queries, dimension} {}

  std::vector<float> rows;
  std::vector<float> asked;
  std::vector<std::uint32_t> ranks;
  tenbin::Matrix document_matrix;
  tenbin::Matrix query_matrix;
};

inline const tenbin::Execution& execution() {
  static tenbin::ThreadPool pool(2);
  static const tenbin::Cancellation never;
  static const tenbin::Execution instance{pool, tenbin::kernels_for(tenbin::usable_isas().back()), never};
  return instance;
}

/// Whether both wrote the same documents and the same bits.
inline bool same(const harness::Results& a, const harness::Results& b) {
  const auto same_bits = [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  };
  return a.counts == b.counts && a.indices == b.indices &&
         std::equal(a.scores.begin(), a.scores.end(), b.scores.begin(), b.scores.end(), same_bits);
}

/// Searches with the core and with `gpus`; the results must be the same.
inline tenbin::SearchReport check(const Case& c, tenbin::Metric metric, std::size_t k,
                                  std::vector<std::unique_ptr<tenbin::Gpu>> gpus, const tenbin::ShardOptions& options,
                                  const std::string& label) {
  const auto core =
      tenbin::VectorIndex::create(c.document_matrix, metric, c.ranks, tenbin::Scan::kFloat32, execution());
  const auto index =
      tenbin::GpuIndex::create(c.document_matrix, metric, c.ranks, std::move(gpus), options, execution());
  harness::Results expected(c.query_matrix.count, k, c.document_matrix.count);
  harness::Results found(c.query_matrix.count, k, c.document_matrix.count);
  core.search(c.query_matrix, {}, expected.view(), execution());
  const auto report = index.search(c.query_matrix, {}, found.view(), execution());
  CHECK_WITH(same(expected, found), label);
  // A second search finds nothing left over from the first.
  harness::Results again(c.query_matrix.count, k, c.document_matrix.count);
  index.search(c.query_matrix, {}, again.view(), execution());
  CHECK_WITH(same(expected, again), label << ", again");
  return report;
}

}  // namespace gpu_cases
