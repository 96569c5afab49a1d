// Sizes are odd where a kernel takes any, so that the ends of rows and blocks count too.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "bench/kernel_counts.h"
#include "bench/kernel_counts_inputs.h"
#include "kernels/kernels.h"

namespace tenbin {

namespace {

constexpr std::size_t kQueries = 17;
constexpr std::size_t kQueryPanels = 4;
constexpr std::size_t kDocuments = 107;
constexpr std::size_t kDimension = 391;
constexpr std::size_t kPadded = 392;
constexpr std::size_t kPanels = 7;
constexpr std::size_t kScores = 32768;
constexpr float kRare = 1.2f;  // one component in fifty is as large

Work count_dot_tile(const Execution& execution) {
  FixedNumbers numbers;
  return [&kernels = execution.kernels, queries = numbers.components(kQueryPanels * kQueriesPerPanel * kDimension),
          documents = numbers.components(kDocuments * kDimension), scale = numbers.components(kDocuments),
          tile = std::vector<float>(kQueryPanels * kQueriesPerPanel * kDocuments)]() mutable {
    kernels.dot_tile(queries.data(), kQueryPanels, documents.data(), kDocuments, kDimension, scale.data(), tile.data(),
                     kDocuments);
  };
}

/// Calls `dot` for lists of every length, for short ones have code of their own.
template <typename Sum, typename Dot>
Work count_of_lists(Dot dot) {
  FixedNumbers numbers;
  std::vector<std::uint32_t> listed(10 * kDocuments);
  for (std::uint32_t& document : listed) document = static_cast<std::uint32_t>(numbers.below(kDocuments));
  return [dot, query = numbers.components(kDimension), documents = numbers.components(kDocuments * kDimension), listed,
          sums = std::vector<Sum>(listed.size())]() mutable {
    std::size_t length = 1;
    for (std::size_t begin = 0; begin < listed.size(); begin += length, ++length) {
      dot(query.data(), documents.data(), kDimension, listed.data() + begin, std::min(length, listed.size() - begin),
          sums.data() + begin);
    }
  };
}

Work count_dot_listed(const Execution& execution) { return count_of_lists<float>(execution.kernels.dot_listed); }

Work count_dot_exact(const Execution& execution) { return count_of_lists<double>(execution.kernels.dot_exact); }

Work count_squared_norm(const Execution& execution) {
  FixedNumbers numbers;
  return [&kernels = execution.kernels, rows = numbers.components(kDocuments * kDimension),
          norms = std::vector<double>(kDocuments)]() mutable {
    for (std::size_t d = 0; d < kDocuments; ++d) {
      norms[d] = kernels.squared_norm(rows.data() + d * kDimension, kDimension);
    }
  };
}

Work count_collect_at_least(const Execution& execution) {
  FixedNumbers numbers;
  return [&kernels = execution.kernels, scores = numbers.components(kScores + 5),
          found = std::vector<std::uint32_t>(kScores + 5 + kCollectPadding)]() mutable {
    kernels.collect_at_least(scores.data(), scores.size(), kRare, 0, found.data());
  };
}

Work count_add_packed(const Execution& execution) {
  FixedNumbers numbers;
  std::vector<std::uint16_t> present(kScores / 16);
  std::size_t postings = 0;
  for (std::uint16_t& bits : present) {
    bits = static_cast<std::uint16_t>(numbers.bits() & numbers.bits());
    postings += static_cast<std::size_t>(std::popcount(bits));
  }
  return [&kernels = execution.kernels, present, values = numbers.components(postings),
          sums = std::vector<float>(kScores)]() mutable {
    kernels.add_packed(sums.data(), present.data(), kScores, values.data());
  };
}

Work count_count_at_least(const Execution& execution) {
  FixedNumbers numbers;
  return [&kernels = execution.kernels, values = numbers.components(kScores)] {
    kernels.count_at_least(values.data(), kScores, kRare);
  };
}

Work count_group_maxima(const Execution& execution) {
  FixedNumbers numbers;
  return [&kernels = execution.kernels, scores = numbers.components(kScores),
          maxima = std::vector<float>(kScores / 16)]() mutable {
    kernels.group_maxima(scores.data(), kScores, maxima.data());
  };
}

Work count_hamming(const Execution& execution) {
  constexpr std::size_t kWords = 33;  // more than bytes can count at once
  constexpr std::size_t kDocumentsPerBitPanel = 8;
  FixedNumbers numbers;
  std::vector<std::uint64_t> queries(kQueries * kWords);
  for (std::uint64_t& word : queries) word = numbers.bits();
  std::vector<std::uint64_t> documents(kPanels * kWords * kDocumentsPerBitPanel);
  for (std::uint64_t& word : documents) word = numbers.bits();
  return [&kernels = execution.kernels, queries, documents,
          tile = std::vector<float>(kQueries * kPanels * kDocumentsPerBitPanel)]() mutable {
    kernels.hamming(queries.data(), kQueries, documents.data(), kPanels, kWords, tile.data(),
                    kPanels * kDocumentsPerBitPanel);
  };
}

Work count_code_row(const Execution& execution) {
  FixedNumbers numbers;
  return [&kernels = execution.kernels, rows = numbers.components(kDocuments * kDimension),
          minus_mean = numbers.components(kDimension), scratch = std::vector<float>(kDimension + 16),
          codes = std::vector<std::uint8_t>(kDimension)]() mutable {
    for (std::size_t d = 0; d < kDocuments; ++d) {
      kernels.code_row(rows.data() + d * kDimension, 0.5f, minus_mean.data(), kDimension, 0, scratch.data(),
                       codes.data());
    }
  };
}

Work count_collect_bounded(const Execution& execution) {
  FixedNumbers numbers;
  std::vector<std::int32_t> sums(kScores);
  for (std::int32_t& sum : sums) sum = static_cast<std::int32_t>(numbers.component() * 1000);
  const std::size_t room = kScores + kCollectPadding;
  return [&kernels = execution.kernels, sums, scales = std::vector<float>(kScores, 0.001f),
          residuals = std::vector<float>(kScores, 0.01f), norms = std::vector<float>(kScores, 1),
          documents = std::vector<std::uint32_t>(room), uppers = std::vector<float>(room),
          floors = std::vector<float>(room)]() mutable {
    kernels.collect_bounded({sums.data(), scales.data(), residuals.data(), norms.data(), kScores}, {1, 1, 0.01f, 0.5f},
                            kRare, 0, {documents.data(), uppers.data(), floors.data()});
  };
}

Work count_dot_codes(const Execution& execution) {
  FixedNumbers numbers;
  std::vector<std::int8_t> queries(kQueries * kPadded);
  for (std::int8_t& code : queries) code = static_cast<std::int8_t>(numbers.below(kPairLimit / 2));
  std::vector<std::uint8_t> panels(kPanels * kDocumentsPerPanel * kPadded);
  for (std::uint8_t& code : panels) code = static_cast<std::uint8_t>(1 + numbers.below(255));
  return [&kernels = execution.kernels, queries, panels, offsets = std::vector<std::int32_t>(kQueries),
          sums = std::vector<std::int32_t>(kQueries * kPanels * kDocumentsPerPanel)]() mutable {
    kernels.dot_codes(queries.data(), kQueries, panels.data(), kPanels, kPadded, offsets.data(), sums.data(),
                      kPanels * kDocumentsPerPanel);
  };
}

}  // namespace

std::vector<CountedCase> kernel_cases() {
  return {
      {"add_packed", count_add_packed},
      {"code_row", count_code_row},
      {"collect_at_least", count_collect_at_least},
      {"collect_bounded", count_collect_bounded},
      {"count_at_least", count_count_at_least},
      {"dot_codes", count_dot_codes},
      {"dot_exact", count_dot_exact},
      {"squared_norm", count_squared_norm},
      {"dot_listed", count_dot_listed},
      {"dot_tile", count_dot_tile},
      {"group_maxima", count_group_maxima},
      {"hamming", count_hamming},
  };
}

}  // namespace tenbin
