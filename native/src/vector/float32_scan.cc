#include "vector/float32_scan.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "topk/subset.h"
#include "vector/prefetch.h"

namespace tenbin {

namespace {

constexpr std::size_t kQueriesPerBlock = 252;
constexpr std::size_t kKernelRows = 6;              // whole groups of queries for every kernel: 2, 3 or 6 at a time
constexpr std::size_t kDocumentBytes = 192 * 1024;  // a block of documents stays in the second-level cache
constexpr std::size_t kFewestDocuments = 16;
constexpr std::size_t kMostDocuments = 256;

}  // namespace

SearchPlan Float32Scan::plan() const {
  const std::size_t affordable = std::max<std::size_t>(1, kSelectionBytes / (32 * (target_.k + 128)));
  return {target_.queries.size(), target_.documents.count, std::min(kQueriesPerBlock, affordable), kKernelRows,
          target_.execution.pool.size()};
}

std::vector<std::vector<Key>> Float32Scan::run(const SearchPart& part) const {
  const Kernels& kernels = target_.execution.kernels;
  std::vector<QuerySelection> selections;
  selections.reserve(part.last_query - part.first_query);
  for (std::size_t q = part.first_query; q < part.last_query; ++q)
    selections.emplace_back(target_.queries[q], target_.exact, target_.metric, target_.k);

  const std::size_t row_bytes = target_.documents.dimension * sizeof(float);
  const std::size_t block = std::clamp(kDocumentBytes / row_bytes, kFewestDocuments, kMostDocuments) / 4 * 4;
  std::vector<float> tile(selections.size() * block);
  std::vector<std::uint32_t> found(block + kCollectPadding);
  PageTrail trail(target_.pages, part.first, part.last);
  for (std::size_t begin = part.first; begin < part.last; begin += block) {
    target_.execution.cancellation.check();
    trail.passed(begin);
    const std::size_t count = std::min(block, part.last - begin);
    const std::size_t end = begin + count;
    for (std::size_t q = 0; q < selections.size(); q += kKernelRows) {
      const std::size_t rows = std::min(kKernelRows, selections.size() - q);
      prefetch(target_.documents, end + q * block / selections.size(), end + (q + rows) * block / selections.size());
      kernels.dot_tile(target_.query_rows.row(part.first_query + q), rows, target_.documents.row(begin), count,
                       target_.documents.dimension, target_.scale.data() + begin, tile.data() + q * block, block);
    }
    for (std::size_t q = 0; q < selections.size(); ++q) {
      const float* scores = tile.data() + q * block;
      const std::size_t reached = kernels.collect_at_least(scores, count, selections[q].threshold(), 0, found.data());
      for (std::size_t i = 0; i < reached; ++i) {
        const auto document = static_cast<std::uint32_t>(begin + found[i]);
        if (allows(target_.filter, document)) selections[q].offer(scores[found[i]], document);
      }
    }
  }

  std::vector<std::vector<Key>> keys;
  keys.reserve(selections.size());
  for (QuerySelection& selection : selections) {
    target_.execution.cancellation.check();
    keys.push_back(selection.finish());
  }
  return keys;
}

}  // namespace tenbin
