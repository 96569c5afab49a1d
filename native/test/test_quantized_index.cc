#include "tenbin/quantized_index.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "harness.h"
#include "tenbin/errors.h"

using harness::Results;
using tenbin::InputError;
using tenbin::Matrix;
using tenbin::Metric;
using tenbin::Precision;
using tenbin::QuantizedIndex;

namespace {

const Precision kPrecisions[] = {Precision::kFloat16, Precision::kInt8, Precision::kBinary};

double defined_dot(const float* a, const float* b, std::size_t dimension) {
  double lanes[16] = {};
  for (std::size_t i = 0; i < dimension; ++i) lanes[i % 16] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t j = 0; j < half; ++j) lanes[j] += lanes[j + half];
  }
  return lanes[0];
}

std::vector<float> normalised(const Matrix& matrix) {
  std::vector<float> rows;
  for (std::size_t r = 0; r < matrix.count; ++r) {
    const float* row = matrix.row(r);
    auto norm = static_cast<float>(std::sqrt(defined_dot(row, row, matrix.dimension)));
    if (norm == 0) norm = 1;
    for (std::size_t i = 0; i < matrix.dimension; ++i) rows.push_back(row[i] / norm);
  }
  return rows;
}

/// The nearest multiple of what half precision resolves at |x|; ties go to the even multiple.
float half(float x) {
  const int exponent = std::max(x == 0 ? -14 : std::ilogb(x), -14);
  const double unit = std::ldexp(1.0, exponent - 10);
  const double multiples = static_cast<double>(x) / unit;
  double nearest = std::floor(multiples);
  const double over = multiples - nearest;
  if (over > 0.5 || (over == 0.5 && std::fmod(nearest, 2) != 0)) nearest += 1;
  return static_cast<float>(nearest * unit);
}

/// Scores of all documents for each query, [query][document], by the definitions.
std::vector<float> defined_scores(const Matrix& documents, const Matrix& queries, Precision precision, Metric metric) {
  const std::size_t dimension = documents.dimension;
  const bool raw = precision == Precision::kFloat16 && metric == Metric::kDot;
  std::vector<float> d = raw ? std::vector<float>(documents.data.begin(), documents.data.end()) : normalised(documents);
  std::vector<float> q = raw ? std::vector<float>(queries.data.begin(), queries.data.end()) : normalised(queries);
  if (precision == Precision::kFloat16) {
    for (float& x : d) x = half(x);
    for (float& x : q) x = half(x);
  } else if (precision == Precision::kBinary) {
    for (float& x : d) x = x > 0 ? 1.0f : 0.0f;
    for (float& x : q) x = x > 0 ? 1.0f : 0.0f;
  } else if (documents.count > 0) {
    for (std::size_t i = 0; i < dimension; ++i) {
      float low = d[i];
      float high = d[i];
      for (std::size_t r = 0; r < documents.count; ++r) {
        low = std::min(low, d[r * dimension + i]);
        high = std::max(high, d[r * dimension + i]);
      }
      float step = (high - low) / 255.0f;
      if (step == 0) step = 1;
      const auto code = [&](float& x) { x = std::trunc(std::clamp((x - low) / step - 128.0f, -128.0f, 127.0f)); };
      for (std::size_t r = 0; r < documents.count; ++r) code(d[r * dimension + i]);
      for (std::size_t r = 0; r < queries.count; ++r) code(q[r * dimension + i]);
    }
  }
  std::vector<float> scores;
  for (std::size_t a = 0; a < queries.count; ++a) {
    for (std::size_t b = 0; b < documents.count; ++b) {
      double score = 0;
      if (precision == Precision::kBinary) {
        for (std::size_t i = 0; i < dimension; ++i) score -= q[a * dimension + i] != d[b * dimension + i] ? 1 : 0;
      } else {
        score = defined_dot(q.data() + a * dimension, d.data() + b * dimension, dimension);  // exact for codes
      }
      scores.push_back(static_cast<float>(score) + 0.0f);
    }
  }
  return scores;
}

Results oracle(const Matrix& documents, const Matrix& queries, Precision precision, Metric metric,
               const std::vector<std::uint32_t>& ranks, std::size_t k) {
  Results results(queries.count, k, documents.count);
  const auto all = defined_scores(documents, queries, precision, metric);
  for (std::size_t q = 0; q < queries.count; ++q) {
    const float* scores = all.data() + q * documents.count;
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

/// Gaussian rows with duplicates, zero rows, dimensions that are constant, negative zeros and tiny components.
std::vector<float> mixed(harness::Random& random, std::size_t count, std::size_t dimension, float spread) {
  std::normal_distribution<float> normal(0.1f, spread);
  std::vector<float> rows(count * dimension);
  for (std::size_t r = 0; r < count; ++r) {
    float* row = rows.data() + r * dimension;
    const std::size_t kind = harness::below(random, 12);
    if (kind == 0 && r > 0) {
      std::copy_n(rows.data() + harness::below(random, r) * dimension, dimension, row);
      continue;
    }
    for (std::size_t i = 0; i < dimension; ++i) {
      row[i] = kind == 1 ? 0.0f : normal(random);
      if (i % 7 == 3) row[i] = 0;
      if (i % 11 == 5) row[i] = -0.0f;
      if (kind == 2) row[i] *= 0x1p-20f;
      if (kind == 3) row[i] = row[i] > 0 ? 1e-45f : 1.0f;
    }
  }
  return rows;
}

void check_case(harness::Random& random, std::size_t count, std::size_t query_count, std::size_t dimension,
                std::size_t k) {
  const auto d = mixed(random, count, dimension, 1);
  const auto q = mixed(random, query_count, dimension, 3);  // beyond the documents' ranges
  const Matrix documents{d, count, dimension};
  const Matrix queries{q, query_count, dimension};
  const auto ranks = harness::permutation(random, count);
  for (const Precision precision : kPrecisions) {
    for (const Metric metric : {Metric::kCosine, Metric::kDot}) {
      const Results expected = oracle(documents, queries, precision, metric, ranks, k);
      harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
        std::vector<float> copy = d;
        const auto index = QuantizedIndex::create({copy, count, dimension}, precision, metric, ranks, execution);
        std::fill(copy.begin(), copy.end(), 7.0f);  // no longer read
        Results results(query_count, k, count);
        index.search(queries, results.view(), execution);
        CHECK_WITH(results == expected, level << ", precision " << static_cast<int>(precision) << ", metric "
                                              << static_cast<int>(metric) << ", " << count << " x " << dimension
                                              << ", k " << k);
      });
    }
  }
}

}  // namespace

TEST(rankings_and_scores_are_the_oracles_at_every_level) {
  harness::Random random(31);
  for (const std::size_t dimension : {1u, 3u, 17u, 64u, 100u, 768u, 1025u}) {
    for (const std::size_t count : {1u, 15u, 16u, 70u}) {
      check_case(random, count, 1 + harness::below(random, 9), dimension, 1 + harness::below(random, count + 3));
    }
  }
  check_case(random, 5000, 2, 17, 40);   // shards
  check_case(random, 700, 110, 33, 20);  // blocks of queries and documents
  check_case(random, 20, 3, 8192, 20);
}

TEST(halves_are_rounded_as_ieee_says) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string& level) {
    // By dot with a query of 1 the score is the rounded component.
    std::vector<float> data{0x1p-24f, 0x1p-25f, 0x1.8p-24f,   0x1.004p0f,   0x1.00cp0f,           65504,
                            -65504,   0x1p-14f, 0x1.ffcp-15f, 0x1.ffep-15f, 0x1.0000002p-25f * 2, 0.1f};
    std::vector<std::uint32_t> ranks(data.size());
    std::iota(ranks.begin(), ranks.end(), 0);
    const auto index =
        QuantizedIndex::create({data, data.size(), 1}, Precision::kFloat16, Metric::kDot, ranks, execution);
    const std::vector<float> one{1.0f};
    Results results(1, data.size(), data.size());
    index.search({one, 1, 1}, results.view(), execution);
    for (std::size_t i = 0; i < data.size(); ++i)
      CHECK_WITH(results.scores[i] == half(data[results.indices[i]]), level << " " << data[results.indices[i]]);
  });
}

TEST(int8_codes_of_the_whole_range_do_not_saturate) {
  // Two documents at the ends of every dimension's range: codes -128 and 127, in documents and in queries.
  const std::size_t dimension = 512;
  std::vector<float> documents(2 * dimension, 1.0f);
  std::fill_n(documents.begin(), dimension, -1.0f);
  const std::vector<std::uint32_t> ranks{0, 1};
  harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
    const auto index =
        QuantizedIndex::create({documents, 2, dimension}, Precision::kInt8, Metric::kDot, ranks, execution);
    Results results(2, 2, 2);
    index.search({documents, 2, dimension}, results.view(), execution);
    CHECK_WITH(
        (results.scores == std::vector<float>{512 * 128 * 128, -512 * 128 * 127, 512 * 127 * 127, -512 * 128 * 127}),
        level << ": " << results.scores[0] << " " << results.scores[1] << " " << results.scores[2]);
  });
}

TEST(what_is_wrong_is_refused_by_row_and_dimension) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string&) {
    std::vector<float> data(12, 1.0f);
    const std::vector<std::uint32_t> ranks{0, 1, 2};
    const std::vector<float> good = data;
    for (const Precision precision : kPrecisions) {
      const auto create = [&](Matrix matrix, Metric metric) {
        return harness::message_of<InputError>(
            [&] { QuantizedIndex::create(matrix, precision, metric, ranks, execution); });
      };
      CHECK(create({good, 4, 3}, Metric::kDot) == "tie ranks: one per document is needed");
      CHECK(create({good, 3, 5}, Metric::kDot) == "embeddings: the data is not count x dimension values");
      const std::vector<float> wide(3 * 65537);
      CHECK(create({wide, 3, 65537}, Metric::kDot) == "embeddings: 65537 dimensions, but codes have at most 65536");
      data[6] = std::numeric_limits<float>::quiet_NaN();
      CHECK(create({data, 3, 4}, Metric::kCosine) == "embeddings: row 1, dimension 2 is NaN");
      const auto index = QuantizedIndex::create({good, 3, 4}, precision, Metric::kDot, ranks, execution);
      Results results(3, 3, 3);
      const auto search = [&](Matrix queries) {
        return harness::message_of<InputError>([&] { index.search(queries, results.view(), execution); });
      };
      CHECK(search({data, 3, 4}) == "queries: row 1, dimension 2 is NaN");
      CHECK(search({good, 4, 3}) == "queries have 3 dimensions, documents have 4");
      data[6] = -65505;
      data[9] = 1e30f;
      const bool refuses = precision == Precision::kFloat16;
      const std::string expected =
          refuses ? "row 1, dimension 2 is beyond the range of float16, 65504" : "nothing thrown";
      CHECK(create({data, 3, 4}, Metric::kDot) == (refuses ? "embeddings: " : "") + expected);
      CHECK(search({data, 3, 4}) == (refuses ? "queries: " : "") + expected);
      CHECK(create({data, 3, 4}, Metric::kCosine) == "nothing thrown");
    }
  });
}

TEST(an_empty_corpus_gives_empty_rankings) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string&) {
    for (const Precision precision : kPrecisions) {
      const auto index = QuantizedIndex::create({{}, 0, 4}, precision, Metric::kCosine, {}, execution);
      CHECK(index.size() == 0);
      const std::vector<float> query(4, 1.0f);
      Results results(1, 10, 0);
      results.counts[0] = 9;
      index.search({query, 1, 4}, results.view(), execution);
      CHECK(results.counts[0] == 0);
    }
  });
}

TEST(cancelled_work_throws) {
  tenbin::ThreadPool pool(2);
  tenbin::Cancellation cancellation;
  const tenbin::Execution execution{pool, tenbin::kernels_for(tenbin::Isa::kBaseline), cancellation};
  const tenbin::Cancellation never;
  const tenbin::Execution free{pool, tenbin::kernels_for(tenbin::Isa::kBaseline), never};
  const std::vector<float> data(4, 1.0f);
  const std::vector<std::uint32_t> ranks{0};
  cancellation.cancel();
  for (const Precision precision : kPrecisions) {
    CHECK(harness::message_of<tenbin::Cancelled>([&] {
            QuantizedIndex::create({data, 1, 4}, precision, Metric::kDot, ranks, execution);
          }) == "cancelled");
    const auto index = QuantizedIndex::create({data, 1, 4}, precision, Metric::kDot, ranks, free);
    Results results(1, 1, 1);
    CHECK(harness::message_of<tenbin::Cancelled>([&] {
            index.search({data, 1, 4}, results.view(), execution);
          }) == "cancelled");
  }
}
