// The selection alone, fed with scanned scores that are as wrong as the bound allows, which no kernel is.

#include "vector/query_selection.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "harness.h"

using tenbin::Key;
using tenbin::Metric;

namespace {

const tenbin::DocumentPages kInMemory;

/// Documents [cosine, sine] on a coarse grid of scores, so that ties are many and errors reach from one to the next.
struct Grid {
  Grid(harness::Random& random, std::size_t documents, double step)
      : count(documents), values(2 * documents), ties(harness::permutation(random, documents)) {
    for (std::size_t d = 0; d < documents; ++d) {
      const double score = step * (static_cast<double>(harness::below(random, 17)) - 8);
      values[2 * d] = static_cast<float>(score);
      values[2 * d + 1] = static_cast<float>(std::sqrt(1 - score * score));
      norms.push_back(std::hypot(static_cast<double>(values[2 * d]), static_cast<double>(values[2 * d + 1])));
    }
  }
  tenbin::Matrix matrix() const { return {values, count, 2}; }

  std::size_t count;
  std::vector<float> values;
  std::vector<double> norms;
  tenbin::TieOrder ties;
};

/// A float32 at most `bound` from `truth`: often on an edge, sometimes the NaN of a document that cannot be scanned.
float scan(harness::Random& random, double truth, double bound) {
  const double errors[] = {bound, -bound, 0, std::uniform_real_distribution<double>(-bound, bound)(random)};
  if (harness::below(random, 50) == 0) return std::numeric_limits<float>::quiet_NaN();
  auto scanned = static_cast<float>(truth + errors[harness::below(random, 4)]);
  while (scanned - truth > bound) scanned = std::nextafter(scanned, -2.0f * static_cast<float>(std::abs(truth) + 1));
  while (truth - scanned > bound) scanned = std::nextafter(scanned, 2.0f * static_cast<float>(std::abs(truth) + 1));
  return scanned;
}

void offer(tenbin::QuerySelection& selection, const std::vector<float>& scanned, std::size_t first, std::size_t last,
           std::size_t together) {
  for (std::size_t begin = first; begin < last; begin += together) {
    selection.offer(scanned.data() + begin, std::min(together, last - begin), static_cast<std::uint32_t>(begin),
                    [](std::uint32_t) { return true; });
  }
}

std::vector<Key> best(tenbin::QuerySelection& selection, const tenbin::Query& query, const tenbin::ExactScorer& exact) {
  const auto waiting = selection.finish().likely;
  CHECK(std::is_sorted(waiting.begin(), waiting.end()));
  std::vector<Key> keys(waiting.size());
  exact.score(query, waiting, keys.data());
  return selection.best(keys);
}

}  // namespace

TEST(what_is_kept_is_the_true_top_k_for_any_errors_within_the_bound) {
  harness::Random random(8);
  const tenbin::Kernels& kernels = tenbin::kernels_for(tenbin::Isa::kBaseline);
  for (int round = 0; round < 600; ++round) {
    const double step = 0x1p-5;
    // One that float32 holds, and one a hair larger, so that thresholds fall beside a float32.
    const double bound = step / 2 * static_cast<double>(harness::below(random, 5)) + (round % 2 == 0 ? 0 : 0x1p-40);
    const Grid documents(random, harness::below(random, 1500), step);
    // Sometimes one more than there is.
    const std::size_t k = round % 7 == 0 ? documents.count + 1 : 1 + harness::below(random, round % 3 == 0 ? 600 : 20);
    const Metric metric = round % 4 < 2 ? Metric::kDot : Metric::kCosine;
    const float values[] = {2, 0};
    const tenbin::Query query{values, 2, bound};
    const double unit = metric == Metric::kCosine ? query.norm : 1;
    const tenbin::Matrix matrix = documents.matrix();
    const tenbin::ExactScorer exact(matrix, metric, documents.norms, documents.ties, kernels, kInMemory);

    tenbin::QuerySelection selection(query, exact, metric, k, kernels);
    std::vector<Key> expected;
    std::vector<float> scanned;
    for (std::uint32_t d = 0; d < documents.count; ++d) {
      const Key key = exact(query, d);
      expected.push_back(key);
      scanned.push_back(scan(random, static_cast<double>(tenbin::score_of(key)) * unit, bound));
    }
    std::sort(expected.begin(), expected.end(), std::greater<>());
    expected.resize(std::min(k, documents.count));
    // Two selections that share the documents, sometimes one alone.
    tenbin::QuerySelection later(query, exact, metric, k, kernels);
    const std::size_t shared = round % 5 == 0 ? documents.count : harness::below(random, documents.count + 1);
    offer(selection, scanned, 0, shared, 1 + harness::below(random, 256));
    offer(later, scanned, shared, documents.count, 1 + harness::below(random, 256));
    selection.join(later);
    CHECK_WITH(best(selection, query, exact) == expected, "round " << round << ", " << documents.count << ", k " << k);
  }
}

TEST(an_infinite_bound_and_infinite_scores_drop_nothing) {
  const tenbin::Kernels& kernels = tenbin::kernels_for(tenbin::Isa::kBaseline);
  constexpr std::uint32_t kCount = 1000;
  std::vector<float> values(kCount);
  std::vector<std::uint32_t> ranks(kCount);
  for (std::uint32_t d = 0; d < kCount; ++d) {
    values[d] = static_cast<float>(d);
    ranks[d] = d;
  }
  const tenbin::Matrix matrix{values, kCount, 1};
  const std::vector<double> norms(kCount, 1.0);
  const tenbin::TieOrder ties(ranks);
  const tenbin::ExactScorer exact(matrix, Metric::kDot, norms, ties, kernels, kInMemory);
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float one = 1;
  const tenbin::Query query{&one, 1, kInfinity};
  tenbin::QuerySelection selection(query, exact, Metric::kDot, 2, kernels);
  std::vector<float> scanned;
  for (std::uint32_t d = 0; d < kCount; ++d) scanned.push_back(d % 2 == 0 ? kInfinity : -kInfinity);
  offer(selection, scanned, 0, kCount, 64);
  CHECK(best(selection, query, exact) == (std::vector<Key>{tenbin::make_key(999, 999), tenbin::make_key(998, 998)}));
}
