#include "tenbin/vector_index.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "harness.h"
#include "kernels/kernels.h"
#include "tenbin/errors.h"

using harness::Results;
using tenbin::InputError;
using tenbin::Matrix;
using tenbin::Metric;
using tenbin::Scan;
using tenbin::Subset;
using tenbin::VectorIndex;

namespace {

double defined_dot(const float* a, const float* b, std::size_t dimension) {
  double lanes[16] = {};
  for (std::size_t i = 0; i < dimension; ++i) lanes[i % 16] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t j = 0; j < half; ++j) lanes[j] += lanes[j + half];
  }
  return lanes[0];
}

/// Scores every document by the definition and sorts them all.
Results oracle(const Matrix& documents, const Matrix& queries, Metric metric, const std::vector<std::uint32_t>& ranks,
               std::size_t k) {
  Results results(queries.count, k, documents.count);
  const std::size_t dimension = documents.dimension;
  for (std::size_t q = 0; q < queries.count; ++q) {
    const float* query = queries.row(q);
    std::vector<float> scores(documents.count);
    for (std::size_t d = 0; d < documents.count; ++d) {
      const float* document = documents.row(d);
      double score = defined_dot(query, document, dimension);
      if (metric == Metric::kCosine) {
        const double norms =
            std::sqrt(defined_dot(query, query, dimension)) * std::sqrt(defined_dot(document, document, dimension));
        score = norms > 0 ? score / norms : 0;
      }
      scores[d] = static_cast<float>(score) + 0.0f;
    }
    std::vector<std::uint32_t> order(documents.count);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](auto a, auto b) { return scores[a] != scores[b] ? scores[a] > scores[b] : ranks[a] < ranks[b]; });
    for (std::size_t i = 0; i < results.width; ++i) {
      results.indices[q * results.width + i] = order[i];
      results.scores[q * results.width + i] = scores[order[i]];
    }
    results.counts[q] = static_cast<std::uint32_t>(results.width);
  }
  return results;
}

/// Values that begin one float behind an allocation's start, so that rows are never aligned.
struct Rows {
  Rows(std::size_t rows, std::size_t width) : storage(rows * width + 1), count(rows), dimension(width) {}
  float* row(std::size_t i) { return storage.data() + 1 + i * dimension; }
  Matrix matrix() const { return {std::span(storage).subspan(1), count, dimension}; }

  std::vector<float> storage;
  std::size_t count;
  std::size_t dimension;
};

using Fill = void (*)(harness::Random&, Rows&);

void gaussian(harness::Random& random, Rows& rows) {
  std::normal_distribution<float> normal;
  for (float& x : rows.storage) x = normal(random);
}

/// A few directions with differences near float32's resolution: near-ties that a float32 scan cannot tell apart.
void near_ties(harness::Random& random, Rows& rows) {
  std::normal_distribution<float> normal;
  Rows centres(3, rows.dimension);
  gaussian(random, centres);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const float* centre = centres.row(harness::below(random, 3));
    for (std::size_t d = 0; d < rows.dimension; ++d)
      rows.row(i)[d] = centre[d] * (1 + 1e-7f * std::round(normal(random)));
  }
}

/// The same far from norm 1; the last row far below the others.
void far_near_ties(harness::Random& random, Rows& rows) {
  near_ties(random, rows);
  for (std::size_t i = 0; i < rows.count; ++i) {
    for (std::size_t d = 0; d < rows.dimension; ++d) rows.row(i)[d] *= i + 1 < rows.count ? 0x1p20f : 0x1p-20f;
  }
}

/// One direction at many lengths: all cosines are nearly 1, many are.
void collinear(harness::Random& random, Rows& rows) {
  std::uniform_real_distribution<float> length(0.5f, 2.0f);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const float factor = length(random);
    for (std::size_t d = 0; d < rows.dimension; ++d) rows.row(i)[d] = factor * (1 + static_cast<float>(d % 3));
  }
}

void duplicates(harness::Random& random, Rows& rows) {
  gaussian(random, rows);
  for (std::size_t i = 1; i < rows.count; ++i) {
    if (harness::below(random, 4) != 0)
      std::copy_n(rows.row(harness::below(random, std::min<std::size_t>(i, 3))), rows.dimension, rows.row(i));
  }
}

void constant(harness::Random&, Rows& rows) { std::fill(rows.storage.begin(), rows.storage.end(), 0.1f); }

/// Norms from 1e-40 to 1e38, zero vectors among them.
void wild_norms(harness::Random& random, Rows& rows) {
  gaussian(random, rows);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const float scale = std::pow(10.0f, static_cast<float>(harness::below(random, 76)) - 39.0f);
    const bool zero = harness::below(random, 5) == 0;
    for (std::size_t d = 0; d < rows.dimension; ++d) {
      float& x = rows.row(i)[d];
      x = zero ? 0.0f : std::clamp(x * scale, -3e38f, 3e38f);
    }
  }
}

/// Norms on both sides of the edges of the range in which rows are scanned, where float32 products over- or underflow.
void edge_norms(harness::Random& random, Rows& rows) {
  gaussian(random, rows);
  const float sign = harness::below(random, 2) == 0 ? 1.0f : -1.0f;
  for (std::size_t i = 0; i < rows.count; ++i) {
    const std::size_t beyond = harness::below(random, 2) == 0 ? 4 : 20;
    const float scale = std::pow(10.0f, sign * (12 + static_cast<float>(harness::below(random, beyond))));
    for (std::size_t d = 0; d < rows.dimension; ++d) rows.row(i)[d] *= scale;
  }
}

void anisotropic(harness::Random& random, Rows& rows) {
  gaussian(random, rows);
  for (std::size_t i = 0; i < rows.count; ++i) {
    for (std::size_t d = 0; d < rows.dimension; ++d) rows.row(i)[d] = rows.row(i)[d] * 0.01f + 1.0f;
  }
}

}  // namespace

TEST(rankings_and_scores_are_the_oracles_at_every_level) {
  const Fill fills[] = {gaussian, near_ties,  far_near_ties, collinear,  duplicates,
                        constant, wild_norms, edge_norms,    anisotropic};
  harness::Random random(6);
  for (int round = 0; round < 225; ++round) {
    const Fill fill = fills[static_cast<std::size_t>(round) % std::size(fills)];
    const bool large = round >= 180;
    const std::size_t widest = harness::below(random, 3) == 0 ? 3 : large ? 20 : 70;
    Rows documents(harness::below(random, large ? 6000 : 90), 1 + harness::below(random, widest));
    Rows queries(1 + harness::below(random, large ? 8 : 20), documents.dimension);
    fill(random, documents);
    fill(random, queries);
    const auto ranks = harness::permutation(random, documents.count);
    const std::size_t most = harness::below(random, 2) == 0 ? 3 : large ? 50 : documents.count + 5;
    const std::size_t k = 1 + harness::below(random, most);
    for (const Metric metric : {Metric::kCosine, Metric::kDot}) {
      const Results expected = oracle(documents.matrix(), queries.matrix(), metric, ranks, k);
      harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
        for (const Scan scan : {Scan::kCodes, Scan::kFloat32}) {
          const auto index = VectorIndex::create(documents.matrix(), metric, ranks, scan, execution);
          Results results(queries.count, k, documents.count);
          index.search(queries.matrix(), Subset{}, results.view(), execution);
          CHECK_WITH(results == expected, level << ", round " << round << ", " << documents.count << " x "
                                                << documents.dimension << ", k " << k << ", scan "
                                                << static_cast<int>(scan));
        }
      });
    }
  }
}

TEST(every_document_is_ranked_once_however_the_search_is_cut) {
  harness::Random random(9);
  const tenbin::Cancellation never;
  tenbin::ThreadPool five(5);
  const tenbin::Execution execution{five, tenbin::kernels_for(tenbin::usable_isas().back()), never};
  for (const std::size_t count : {4095u, 4096u, 4097u, 10241u}) {
    Rows documents(count, 2);
    gaussian(random, documents);
    const auto ranks = harness::permutation(random, count);
    const auto index = VectorIndex::create(documents.matrix(), Metric::kDot, ranks, Scan::kCodes, execution);
    for (const std::size_t query_count : {1u, 5u, 7u, 31u}) {
      Rows queries(query_count, 2);
      gaussian(random, queries);
      const Results expected = oracle(documents.matrix(), queries.matrix(), Metric::kDot, ranks, count);
      Results results(query_count, count, count);
      index.search(queries.matrix(), Subset{}, results.view(), execution);
      CHECK_WITH(results == expected, count << " documents, " << query_count << " queries");
    }
  }
}

/// More than are searched together, and more than are scored together.
TEST(a_batch_of_many_queries_is_searched_by_codes_whatever_the_threads) {
  harness::Random random(32);
  constexpr std::size_t kBest = 10;
  Rows documents(2100, 200);
  Rows queries(900, 200);
  gaussian(random, documents);
  gaussian(random, queries);
  const auto ranks = harness::permutation(random, documents.count);
  const Results expected = oracle(documents.matrix(), queries.matrix(), Metric::kCosine, ranks, kBest);
  const tenbin::Cancellation never;
  for (const std::size_t threads : {1u, 3u}) {
    tenbin::ThreadPool pool(threads);
    const tenbin::Execution execution{pool, tenbin::kernels_for(tenbin::usable_isas().back()), never};
    const auto index = VectorIndex::create(documents.matrix(), Metric::kCosine, ranks, Scan::kCodes, execution);
    Results results(queries.count, kBest, documents.count);
    const auto report = index.search(queries.matrix(), Subset{}, results.view(), execution);
    CHECK_WITH(results == expected, threads << " threads");
    CHECK_WITH(report.fallbacks == 0 && report.scored >= kBest * queries.count, threads << ": " << report.scored);
  }
}

TEST(a_dimension_for_which_float32_sums_have_no_bound_is_searched_too) {
  tenbin::ThreadPool pool(1);
  const tenbin::Cancellation never;
  const tenbin::Execution execution{pool, tenbin::kernels_for(tenbin::usable_isas().back()), never};
  const std::size_t dimension = std::size_t{1} << 24;
  const std::vector<float> data(dimension, 0.25f);
  const std::vector<std::uint32_t> ranks{0};
  const auto index = VectorIndex::create({data, 1, dimension}, Metric::kCosine, ranks, Scan::kCodes, execution);
  Results results(1, 1, 1);
  index.search({data, 1, dimension}, Subset{}, results.view(), execution);
  CHECK(results.counts[0] == 1 && results.scores[0] == 1.0f);
}

TEST(zero_vectors_are_counted) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string& level) {
    const std::vector<float> data{0, 0, -0.0f, 0, 1e-45f, 0};
    const std::vector<std::uint32_t> ranks{0, 1, 2};
    CHECK_WITH(VectorIndex::create({data, 3, 2}, Metric::kDot, ranks, Scan::kCodes, execution).zero_vectors() == 2,
               level);
  });
}

TEST(components_that_are_not_finite_are_refused_by_row_and_dimension) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string&) {
    harness::Random random(7);
    Rows rows(5, 33);
    gaussian(random, rows);
    const std::vector<std::uint32_t> ranks{0, 1, 2, 3, 4};
    const auto index = VectorIndex::create(rows.matrix(), Metric::kCosine, ranks, Scan::kCodes, execution);
    rows.row(3)[32] = std::numeric_limits<float>::quiet_NaN();
    rows.row(4)[0] = std::numeric_limits<float>::infinity();
    CHECK(harness::message_of<InputError>([&] {
            VectorIndex::create(rows.matrix(), Metric::kDot, ranks, Scan::kCodes, execution);
          }) == "embeddings: row 3, dimension 32 is NaN");
    Results results(5, 1, 5);
    CHECK(harness::message_of<InputError>([&] { index.search(rows.matrix(), Subset{}, results.view(), execution); }) ==
          "queries: row 3, dimension 32 is NaN");
  });
}

TEST(shapes_that_do_not_agree_are_refused) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string&) {
    const std::vector<float> data(12, 1.0f);
    const std::vector<std::uint32_t> ranks{0, 1, 2};
    const auto create = [&](Matrix matrix, std::span<const std::uint32_t> tie_ranks) {
      return harness::message_of<InputError>(
          [&] { VectorIndex::create(matrix, Metric::kDot, tie_ranks, Scan::kCodes, execution); });
    };
    CHECK(create({data, 3, 5}, ranks) == "embeddings: the data is not count x dimension values");
    CHECK(create({data, 3, 0}, ranks) == "embeddings: the data is not count x dimension values");
    CHECK(create({data, 4, 3}, ranks) == "tie ranks: one per document is needed");
    const auto index = VectorIndex::create({data, 3, 4}, Metric::kDot, ranks, Scan::kCodes, execution);
    Results results(2, 3, 3);
    CHECK(harness::message_of<InputError>([&] {
            index.search({data, 2, 6}, Subset{}, results.view(), execution);
          }) == "queries have 6 dimensions, documents have 4");
    auto too_small = results.view();
    too_small.scores = too_small.scores.first(5);
    CHECK(harness::message_of<InputError>([&] {
            index.search({std::span(data).first(8), 2, 4}, Subset{}, too_small, execution);
          }) == "the result arrays are smaller than queries x k");
  });
}

TEST(an_empty_corpus_gives_empty_rankings) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string&) {
    const auto index = VectorIndex::create({{}, 0, 4}, Metric::kCosine, {}, Scan::kCodes, execution);
    const std::vector<float> query(4, 1.0f);
    Results results(1, 10, 0);
    results.counts[0] = 9;
    index.search({query, 1, 4}, Subset{}, results.view(), execution);
    CHECK(results.counts[0] == 0);
  });
}

TEST(a_cancelled_search_throws) {
  tenbin::ThreadPool pool(2);
  tenbin::Cancellation cancellation;
  const tenbin::Execution execution{pool, tenbin::kernels_for(tenbin::Isa::kBaseline), cancellation};
  const std::vector<float> data(4, 1.0f);
  const std::vector<std::uint32_t> ranks{0};
  const auto index = VectorIndex::create({data, 1, 4}, Metric::kCosine, ranks, Scan::kCodes, execution);
  CHECK(index.zero_vectors() == 0);
  cancellation.cancel();
  Results results(1, 1, 1);
  CHECK(harness::message_of<tenbin::Cancelled>([&] {
          index.search({data, 1, 4}, Subset{}, results.view(), execution);
        }) == "cancelled");
}

namespace {

/// The oracle among the documents that `allowed(query, document)`.
Results oracle_within(const Matrix& documents, const Matrix& queries, const std::vector<std::uint32_t>& ranks,
                      std::size_t k, const std::function<bool(std::size_t, std::uint32_t)>& allowed) {
  const std::size_t n = documents.count;
  const Results all = oracle(documents, queries, Metric::kCosine, ranks, n);
  Results results(queries.count, k, n);
  for (std::size_t q = 0; q < queries.count; ++q) {
    for (std::size_t i = 0; i < n && results.counts[q] < results.width; ++i) {
      if (!allowed(q, all.indices[q * n + i])) continue;
      const std::size_t at = q * results.width + results.counts[q]++;
      results.indices[at] = all.indices[q * n + i];
      results.scores[at] = all.scores[q * n + i];
    }
  }
  return results;
}

}  // namespace

TEST(a_filter_or_candidates_leave_the_rest_out) {
  harness::Random random(12);
  for (int round = 0; round < 30; ++round) {
    Rows documents(1 + harness::below(random, 700), 9);
    Rows queries(1 + harness::below(random, 5), 9);
    (round % 2 == 0 ? gaussian : duplicates)(random, documents);
    gaussian(random, queries);
    const std::size_t n = documents.count;
    const auto ranks = harness::permutation(random, n);
    const std::size_t k = 1 + harness::below(random, round % 3 == 0 ? n : 8);
    const std::size_t one_in = 1 + harness::below(random, 60);
    std::vector<std::uint8_t> filter((n + 7) / 8);
    for (std::size_t d = 0; d < n; ++d) {
      if (harness::below(random, one_in) == 0) filter[d / 8] |= static_cast<std::uint8_t>(1u << d % 8);
    }
    std::vector<std::uint32_t> offsets{0};
    std::vector<std::uint32_t> ids;
    for (std::size_t q = 0; q < queries.count; ++q) {
      auto some = harness::permutation(random, n);
      some.resize(harness::below(random, n + 1));
      ids.insert(ids.end(), some.begin(), some.end());
      offsets.push_back(static_cast<std::uint32_t>(ids.size()));
    }
    const tenbin::IdRows rows{offsets, ids};
    const Results filtered = oracle_within(documents.matrix(), queries.matrix(), ranks, k,
                                           [&](auto, auto d) { return (filter[d / 8] >> d % 8 & 1) != 0; });
    const Results listed = oracle_within(documents.matrix(), queries.matrix(), ranks, k, [&](auto q, auto d) {
      const auto row = rows.row(q);
      return std::find(row.begin(), row.end(), d) != row.end();
    });
    harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
      for (const Scan scan : {Scan::kCodes, Scan::kFloat32}) {
        const auto index = VectorIndex::create(documents.matrix(), Metric::kCosine, ranks, scan, execution);
        for (const auto& [subset, expected] : {std::pair(Subset{filter, {}}, &filtered), {Subset{{}, rows}, &listed}}) {
          Results results(queries.count, k, n);
          index.search(queries.matrix(), subset, results.view(), execution);
          // What lies behind a row's count is undefined.
          for (std::size_t q = 0; q < queries.count; ++q) {
            for (std::size_t i = results.counts[q]; i < results.width; ++i) {
              results.indices[q * results.width + i] = 0;
              results.scores[q * results.width + i] = 0;
            }
          }
          CHECK_WITH(results == *expected, level << ", round " << round);
        }
      }
    });
  }
}

TEST(queries_that_the_bound_leaves_too_many_candidates_for_are_scanned_in_float32) {
  harness::Random random(13);
  Rows documents(9000, 24);
  Rows queries(3, 24);
  // Two opposite directions with differences far below a code's step.
  std::normal_distribution<float> normal;
  gaussian(random, queries);
  for (std::size_t i = 0; i < documents.count; ++i) {
    for (std::size_t d = 0; d < 24; ++d) {
      documents.row(i)[d] = (i % 4 == 0 ? -1.0f : 1.0f) * queries.row(1)[d] * (1 + 1e-6f * normal(random));
    }
  }
  std::fill_n(queries.row(2), 24, 0.0f);
  const auto ranks = harness::permutation(random, documents.count);
  const Results expected = oracle(documents.matrix(), queries.matrix(), Metric::kCosine, ranks, 10);
  harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
    const auto index = VectorIndex::create(documents.matrix(), Metric::kCosine, ranks, Scan::kCodes, execution);
    Results results(3, 10, documents.count);
    const auto report = index.search(queries.matrix(), Subset{}, results.view(), execution);
    CHECK_WITH(results == expected, level);
    if (!execution.kernels.multiplies_codes_faster) return;
    CHECK_WITH(report.fallbacks >= 2, level << ": " << report.fallbacks);
  });
}

/// Every component but the first is rounded the same way: down where the score is high, up where it is a little lower,
/// so that the codes' order is wrong by nearly their whole bound.
TEST(a_query_whose_errors_all_point_one_way_is_scanned_in_float32) {
  constexpr std::size_t kDimension = 1024;
  constexpr std::size_t kBest = 16;
  constexpr std::size_t kOthers = 200;
  Rows documents(2 * (2 * kBest + kOthers), kDimension);
  harness::Random random(16);
  // A document and its opposite, so that the mean is zero; the first component sets the codes' step.
  const auto fill = [&](std::size_t pair, float step, float value) {
    for (const std::size_t sign : {0u, 1u}) {
      float* row = documents.row(2 * pair + sign);
      std::fill_n(row, kDimension, sign == 0 ? value : -value);
      row[0] = sign == 0 ? 127 * step : -127 * step;
    }
  };
  for (std::size_t i = 0; i < kBest; ++i) {
    const float best = 19.71f + 0.001f * static_cast<float>(i);
    fill(i, best / 10.49f, best);
    fill(kBest + i, 1, 19.51f);
  }
  for (std::size_t i = 0; i < kOthers; ++i) fill(2 * kBest + i, 1, static_cast<float>(harness::below(random, 10)));
  Rows queries(2, kDimension);
  gaussian(random, queries);
  std::fill_n(queries.row(0) + 1, kDimension - 1, 1.0f);
  queries.row(0)[0] = 0;
  const auto ranks = harness::permutation(random, documents.count);
  const Results expected = oracle(documents.matrix(), queries.matrix(), Metric::kDot, ranks, 5);
  harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
    const auto index = VectorIndex::create(documents.matrix(), Metric::kDot, ranks, Scan::kCodes, execution);
    Results results(2, 5, documents.count);
    const auto report = index.search(queries.matrix(), Subset{}, results.view(), execution);
    CHECK_WITH(results == expected, level);
    if (!execution.kernels.multiplies_codes_faster) return;
    CHECK_WITH(report.fallbacks >= 1, level << ": " << report.fallbacks);
  });
}

TEST(codes_leave_few_documents_to_be_scored) {
  harness::Random random(14);
  Rows documents(5000, 128);
  Rows queries(7, 128);
  gaussian(random, documents);
  gaussian(random, queries);
  const auto ranks = harness::permutation(random, documents.count);
  harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
    const auto index = VectorIndex::create(documents.matrix(), Metric::kCosine, ranks, Scan::kCodes, execution);
    Results results(7, 10, documents.count);
    const auto report = index.search(queries.matrix(), Subset{}, results.view(), execution);
    if (!execution.kernels.multiplies_codes_faster) return;
    CHECK_WITH(report.fallbacks == 0 && report.scored >= 70 && report.scored < 7 * 1000,
               level << ": " << report.scored);
  });
}
