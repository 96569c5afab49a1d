#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "bench_data.h"

namespace bench {

namespace {

using Random = std::mt19937_64;
using tenbin::Metric;

/// A dot product by the definition of docs/protocol.md.
double defined_dot(const float* a, const float* b, std::size_t dimension) {
  double lanes[16] = {};
  for (std::size_t i = 0; i < dimension; ++i) lanes[i % 16] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

float defined_score(const float* query, const float* document, std::size_t dimension, Metric metric) {
  const double dot = defined_dot(query, document, dimension);
  if (metric == Metric::kDot) return static_cast<float>(dot) + 0.0f;
  const double norms =
      std::sqrt(defined_dot(query, query, dimension)) * std::sqrt(defined_dot(document, document, dimension));
  return norms > 0 ? static_cast<float>(dot / norms) + 0.0f : 0.0f;
}

Data random_rows(Random& random, int kind, std::size_t count, std::size_t dimension) {
  Data data(count, dimension);
  std::normal_distribution<float> normal;
  for (std::size_t i = 0; i < data.values.size(); ++i) {
    float& x = data.values[i];
    const bool first_of_three = i / dimension % 3 == 0;
    x = normal(random);
    if (kind == 1) x = 1 + 0.01f * x;
    if (kind == 2 && !first_of_three) x = data.values[i % dimension];  // duplicates
    if (kind == 3) x = data.values[i % dimension] * (1 + 1e-7f * std::round(x));
    if (kind == 4 && first_of_three) x = 0;
    if (kind == 5) x *= first_of_three ? 1e25f : 1e-20f;
  }
  return data;
}

}  // namespace

bool check_one(Random& random, tenbin::CudaScan scan) {
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  const std::size_t count = 1 + below(below(2) == 0 ? 300 : 20'000);
  const std::size_t dimension = 1 + below(below(2) == 0 ? 40 : 1100);
  const int kind = static_cast<int>(below(6));
  const std::size_t queries = 1 + below(300 * 400 / (count + 400));
  const std::size_t k = 1 + below(below(3) == 0 ? count : std::min<std::size_t>(count, 120));
  const Metric metric = below(2) == 0 ? Metric::kCosine : Metric::kDot;
  tenbin::ShardOptions options{.memory_bytes = 0, .candidates = below(2) == 0 ? 0 : 64 + below(400)};
  // Some come in blocks.
  if (below(3) == 0) options.memory_bytes = (count + 400) * tenbin::document_bytes(dimension);
  const Data documents = random_rows(random, kind, count, dimension);
  const Data asked = random_rows(random, below(3) == 0 ? kind : 0, queries, dimension);

  const auto index = index_of(documents, metric, options, scan);
  Found found(queries, k);
  const auto report = index.search(asked.matrix, {}, found.view(), execution());
  std::vector<char> right(queries);
  execution().pool.parallel_for(queries, [&](std::size_t q) {
    std::vector<float> scores(count);
    for (std::size_t d = 0; d < count; ++d) {
      scores[d] = defined_score(asked.matrix.row(q), documents.matrix.row(d), dimension, metric);
    }
    auto order = in_order(count);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return scores[a] > scores[b]; });
    right[q] = found.counts[q] == k;
    for (std::size_t i = 0; i < k && right[q] != 0; ++i) {
      right[q] = found.indices[q * k + i] == order[i] &&
                 std::memcmp(&found.scores[q * k + i], &scores[order[i]], sizeof(float)) == 0;
    }
  });
  const auto wrong = std::count(right.begin(), right.end(), 0);
  if (wrong == 0) return true;
  std::printf("WRONG: %td of %zu queries; %zu documents of kind %d, dimension %zu, k %zu, %s, %zu fallbacks\n", wrong,
              queries, count, kind, dimension, k, metric == Metric::kDot ? "dot" : "cosine", report.fallbacks);
  return false;
}

}  // namespace bench
