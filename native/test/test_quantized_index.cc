// Rankings by codes: the rules are tested from JavaScript against a restatement; here, that every instruction set and
// number of threads gives the same bits, and that memory is read within bounds at odd sizes.

#include "tenbin/quantized_index.h"

#include <optional>

#include "harness.h"
#include "tenbin/errors.h"

using harness::Results;
using tenbin::Matrix;
using tenbin::Metric;
using tenbin::Precision;
using tenbin::QuantizedIndex;

namespace {

constexpr Precision kPrecisions[] = {Precision::kFloat16, Precision::kInt8, Precision::kBinary};

std::vector<float> gaussian(harness::Random& random, std::size_t count) {
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& x : values) x = normal(random);
  return values;
}

}  // namespace

TEST(every_level_and_number_of_threads_gives_the_same_ranking) {
  harness::Random random(31);
  for (const std::size_t dimension : {1u, 3u, 17u, 64u, 65u, 100u, 768u, 1025u}) {
    const std::size_t count = 1 + harness::below(random, 600);
    const std::size_t query_count = 1 + harness::below(random, 20);
    auto documents = gaussian(random, count * dimension);
    std::fill_n(documents.begin(), dimension, 0.0f);
    for (std::size_t i = 0; i < count; i += 5) documents[i * dimension] = -0.0f;
    const auto queries = gaussian(random, query_count * dimension);
    const auto ranks = harness::permutation(random, count);
    const std::size_t k = 1 + harness::below(random, 30);
    for (const Precision precision : kPrecisions) {
      for (const Metric metric : {Metric::kCosine, Metric::kDot}) {
        std::optional<Results> first;
        harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
          const auto index = QuantizedIndex::create({documents, count, dimension}, precision, metric, ranks, execution);
          Results results(query_count, k, count);
          index.search({queries, query_count, dimension}, results.view(), execution);
          if (!first) first = results;
          CHECK_WITH(results == *first, level << ", " << count << " x " << dimension);
        });
      }
    }
  }
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

TEST(a_cancelled_search_by_codes_throws) {
  tenbin::ThreadPool pool(2);
  tenbin::Cancellation cancellation;
  const tenbin::Execution execution{pool, tenbin::kernels_for(tenbin::Isa::kBaseline), cancellation};
  const std::vector<float> data(4, 1.0f);
  const std::vector<std::uint32_t> ranks{0};
  for (const Precision precision : kPrecisions) {
    const tenbin::Cancellation never;
    const auto index =
        QuantizedIndex::create({data, 1, 4}, precision, Metric::kCosine, ranks, {pool, execution.kernels, never});
    cancellation.cancel();
    Results results(1, 1, 1);
    CHECK(harness::message_of<tenbin::Cancelled>([&] {
            index.search({data, 1, 4}, results.view(), execution);
          }) == "cancelled");
  }
}
