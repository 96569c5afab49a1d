#include "tenbin/quantized_index.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "kernels/kernels.h"
#include "tenbin/errors.h"
#include "topk/top_keys.h"
#include "vector/norms.h"
#include "vector/quantized_codes.h"
#include "vector/search_plan.h"

namespace tenbin {

namespace {

constexpr std::size_t kQueriesPerBlock = 96;
constexpr std::size_t kDocumentBytes = 256 * 1024;  // as float32, in the second-level cache
constexpr std::size_t kFewestDocuments = 16;
constexpr std::size_t kMostDocuments = 256;
constexpr std::size_t kKeyBytes = 64 * 1024 * 1024;  // of one task, when k is large

/// The scanned score from which a document may reach `score`.
float scanned_from(float score, double error_bound) {
  if (error_bound == 0) return score;
  const auto threshold = static_cast<float>(static_cast<double>(score) - error_bound);
  return std::nextafter(threshold, -std::numeric_limits<float>::infinity());
}

std::vector<std::vector<Key>> best_keys(const QuantizedQueries& queries, const SearchPart& part, std::size_t dimension,
                                        std::size_t k, const TieOrder& ties, const Execution& execution) {
  const std::size_t query_count = part.last_query - part.first_query;
  std::vector<TopKeys> best(query_count, TopKeys(k));
  const std::size_t block =
      std::clamp(kDocumentBytes / (dimension * sizeof(float)), kFewestDocuments, kMostDocuments) / 16 * 16;
  std::vector<float> tile(ceil_div(query_count, kQueriesPerPanel) * kQueriesPerPanel * block);
  std::vector<std::uint32_t> found(block + kCollectPadding);
  QuantizedScratch scratch;
  for (std::size_t begin = part.first; begin < part.last; begin += block) {
    execution.cancellation.check();
    const std::size_t count = std::min(block, part.last - begin);
    queries.scan({part.first_query, part.last_query, begin, begin + count}, scratch, tile.data(), block);
    for (std::size_t i = 0; i < query_count; ++i) {
      const std::size_t query = part.first_query + i;
      const float* scores = tile.data() + i * block;
      const float threshold = scanned_from(best[i].floor_score(), queries.error_bound(query));
      const std::size_t reached = execution.kernels.collect_at_least(scores, count, threshold, 0, found.data());
      for (std::size_t r = 0; r < reached; ++r) {
        const std::uint32_t d = found[r];
        const auto document = static_cast<std::uint32_t>(begin + d);
        best[i].push(make_key(queries.score(query, d, scratch, scores[d]), ties.rank_of(document)));
      }
    }
  }
  std::vector<std::vector<Key>> keys;
  keys.reserve(query_count);
  for (TopKeys& top : best) {
    execution.cancellation.check();
    keys.push_back(top.sorted());
  }
  return keys;
}

}  // namespace

QuantizedIndex::QuantizedIndex() = default;
QuantizedIndex::~QuantizedIndex() = default;
QuantizedIndex::QuantizedIndex(QuantizedIndex&&) noexcept = default;
QuantizedIndex& QuantizedIndex::operator=(QuantizedIndex&&) noexcept = default;

QuantizedIndex QuantizedIndex::create(const Matrix& documents, Precision precision, Metric metric,
                                      std::span<const std::uint32_t> tie_ranks, const Execution& execution) {
  if (documents.count > std::numeric_limits<std::uint32_t>::max())
    throw InputError("embeddings: more than 2^32 - 1 rows");
  if (documents.dimension > kLargestDimension) {
    throw InputError("embeddings: " + std::to_string(documents.dimension) + " dimensions, but codes have at most " +
                     std::to_string(kLargestDimension));
  }
  if (tie_ranks.size() != documents.count) throw InputError("tie ranks: one per document is needed");
  QuantizedIndex index;
  index.dimension_ = documents.dimension;
  index.ties_ = TieOrder(tie_ranks);
  switch (precision) {
    case Precision::kFloat16:
      index.codes_ = float16_codes(documents, metric, execution);
      break;
    case Precision::kInt8:
      index.codes_ = int8_codes(documents, execution);
      break;
    case Precision::kBinary:
      index.codes_ = binary_codes(documents, execution);
      break;
  }
  return index;
}

std::size_t QuantizedIndex::size_bytes() const noexcept {
  return codes_->size_bytes() + ties_.ranks().size_bytes() + ties_.documents().size_bytes();
}

void QuantizedIndex::search(const Matrix& queries, const TopK& out, const Execution& execution) const {
  if (queries.dimension != dimension()) {
    throw InputError("queries have " + std::to_string(queries.dimension) + " dimensions, documents have " +
                     std::to_string(dimension()));
  }
  check_top_k(out, queries.count, size());
  const auto encoded = codes_->encode(queries, execution);
  if (queries.count == 0) return;
  if (size() == 0) {
    std::fill_n(out.counts.begin(), queries.count, 0);
    return;
  }
  const std::size_t affordable = std::max<std::size_t>(1, kKeyBytes / (16 * (out.k + 32)));
  const SearchPlan plan(queries.count, size(), std::min(kQueriesPerBlock, affordable), kQueriesPerPanel,
                        execution.pool.size());
  plan.run(
      execution.pool,
      [&](const SearchPart& part) { return best_keys(*encoded, part, dimension(), out.k, ties_, execution); },
      [&](std::size_t query, std::vector<Key>& keys) {
        keys.resize(std::min(keys.size(), out.k));
        write_row(out, query, keys, ties_);
      });
}

}  // namespace tenbin
