#include "vector/float32_scan.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "topk/subset.h"
#include "vector/query_panels.h"
#include "vector/staged_scan.h"

namespace tenbin {

namespace {

constexpr std::size_t kQueriesPerBlock = 256;
constexpr std::size_t kDocumentBytes = 192 * 1024;  // a block of documents stays in the second-level cache
constexpr std::size_t kFewestDocuments = 16;
constexpr std::size_t kMostDocuments = QuerySelection::kMostTogether;
constexpr std::size_t kDocumentRows = 8;  // whole groups of documents for every kernel

}  // namespace

void Float32Scan::run(const std::function<void(std::size_t, std::vector<Key>&)>& write) const {
  const std::size_t affordable = std::max<std::size_t>(1, kSelectionBytes / (32 * (target_.k + 128)));
  scan_in_stages(
      target_, std::min(kQueriesPerBlock, affordable), kQueriesPerPanel,
      [&](const SearchPart& part) { return scan(part); },
      [&](std::size_t q, QuerySelection& selection, const Candidates&, const CandidateScores& scores) {
        std::vector<Key> best = selection.best(scores.likely);
        write(q, best);
      });
}

std::vector<QuerySelection> Float32Scan::scan(const SearchPart& part) const {
  const Kernels& kernels = target_.execution.kernels;
  std::vector<QuerySelection> selections;
  selections.reserve(part.last_query - part.first_query);
  for (std::size_t q = part.first_query; q < part.last_query; ++q) {
    selections.emplace_back(target_.queries[q], target_.exact, target_.metric, target_.k, kernels);
  }

  const std::size_t dimension = target_.documents.dimension;
  const QueryPanels queries(target_.query_rows.row(part.first_query), selections.size(), dimension, kernels);
  const std::size_t block = std::clamp(kDocumentBytes / (dimension * sizeof(float)), kFewestDocuments, kMostDocuments) /
                            kDocumentRows * kDocumentRows;
  std::vector<float> tile(queries.tile_rows() * block);
  PageTrail trail(target_.pages, part.first, part.last);
  for (std::size_t begin = part.first; begin < part.last; begin += block) {
    target_.execution.cancellation.check();
    trail.passed(begin);
    const std::size_t count = std::min(block, part.last - begin);
    for (std::size_t g = 0; g < queries.groups(); ++g) {
      queries.score(g, target_.documents.row(begin), count, target_.scale.data() + begin, tile.data(), block);
    }
    for (std::size_t q = 0; q < selections.size(); ++q) {
      selections[q].offer(tile.data() + q * block, count, static_cast<std::uint32_t>(begin),
                          [&](std::uint32_t document) { return allows(target_.filter, document); });
    }
  }
  return selections;
}

}  // namespace tenbin
