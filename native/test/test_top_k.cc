#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "harness.h"
#include "tenbin/errors.h"
#include "topk/reached_by.h"
#include "topk/top_keys.h"

using tenbin::Key;
using tenbin::make_key;

TEST(reached_by_parts_the_k_largest_from_the_rest) {
  harness::Random random(5);
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::normal_distribution<float> normal;
  harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
    for (int round = 0; round < 200; ++round) {
      const std::size_t count = 1 + harness::below(random, 300);
      const std::size_t k = 1 + harness::below(random, count);
      // Around 0, far from it, and below it.
      const float center = round % 3 == 0 ? 0.0f : round % 3 == 1 ? 1000.0f : -3.0f;
      std::vector<float> values(count + tenbin::kReachedByPadding);
      for (std::size_t i = 0; i < count; ++i) {
        values[i] = harness::below(random, 20) == 0 ? -kInfinity : center + normal(random);
        if (harness::below(random, 10) == 0) values[i] = values[harness::below(random, i + 1)];
      }
      std::vector<float> sorted(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
      std::sort(sorted.begin(), sorted.end(), std::greater<>());
      const float kth = sorted[k - 1];
      const float got = tenbin::reached_by(k, values.data(), count, -kInfinity, execution.kernels);
      CHECK_WITH(got <= kth, level << ": " << got << " above " << kth);
      const auto reaching = std::count_if(sorted.begin(), sorted.end(), [got](float value) { return value >= got; });
      const bool near = kth == -kInfinity || kth - got <= std::abs(kth) * 0x1p-13f;
      CHECK_WITH(near || static_cast<std::size_t>(reaching) == k, level << ": " << got << ", " << kth);
      CHECK_WITH(tenbin::reached_by(k, values.data(), count, got, execution.kernels) >= got, level);
    }
  });
}

TEST(keys_order_scores_then_ranks) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float ascending[] = {-infinity, -3e38f,  -1.5f, -1e-45f, 0.0f, 1e-45f, 1.0f, std::nextafter(1.0f, 2.0f),
                             3e38f,     infinity};
  for (std::size_t i = 0; i + 1 < std::size(ascending); ++i) {
    CHECK(make_key(ascending[i], 0) < make_key(ascending[i + 1], 4000000000u));
  }
  for (const float score : ascending) {
    CHECK(make_key(score, 3) > make_key(score, 4));
    CHECK(tenbin::score_of(make_key(score, 7)) == score);
    CHECK(tenbin::rank_of(make_key(score, 7)) == 7);
    CHECK(make_key(score, 0xffffffffu) > 0);
  }
  CHECK(make_key(-0.0f, 1) == make_key(0.0f, 1));
}

TEST(top_keys_are_those_of_a_full_sort) {
  harness::Random random(1);
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = harness::below(random, 2000);
    const std::size_t k = 1 + harness::below(random, 300);
    const auto ranks = harness::permutation(random, n);
    std::vector<Key> all;
    tenbin::TopKeys top(k);
    for (std::size_t i = 0; i < n; ++i) {
      all.push_back(make_key(static_cast<float>(harness::below(random, 20)), ranks[i]));
      top.push(all.back());
      if (harness::below(random, 500) == 0 && top.full()) top.kth();
    }
    std::sort(all.begin(), all.end(), std::greater<>());
    all.resize(std::min(n, k));
    CHECK(top.sorted() == all);
  }
}

TEST(tie_order_refuses_what_is_no_permutation) {
  using tenbin::InputError;
  using tenbin::TieOrder;
  const std::vector<std::uint32_t> good{2, 0, 1};
  const TieOrder order(good);
  CHECK(order.document_at(2) == 0);
  CHECK(order.rank_of(2) == 1);
  const std::vector<std::uint32_t> repeated{1, 0, 1};
  CHECK(harness::message_of<InputError>([&] { TieOrder bad(repeated); }).find("document 2 has rank 1") !=
        std::string::npos);
  const std::vector<std::uint32_t> outside{1, 3, 0};
  CHECK(harness::message_of<InputError>([&] { TieOrder bad(outside); }).find("document 1 has rank 3") !=
        std::string::npos);
  CHECK(TieOrder(std::vector<std::uint32_t>{}).size() == 0);
}

TEST(result_arrays_that_do_not_fit_are_refused) {
  std::vector<std::uint32_t> indices(6), counts(2);
  std::vector<float> scores(6);
  const tenbin::TopK fits{3, indices, scores, counts};
  const auto refusal = [](const tenbin::TopK& out, std::size_t queries, std::size_t corpus_size) {
    return harness::message_of<tenbin::InputError>([&] { tenbin::check_top_k(out, queries, corpus_size); });
  };
  CHECK(refusal(fits, 2, 3) == "nothing thrown");
  CHECK(refusal(fits, 2, 2) == "k must be cut to the corpus size by the caller");
  const std::string too_small = "the result arrays are smaller than queries x k";
  CHECK(refusal(fits, 3, 3) == too_small);
  tenbin::TopK out = fits;
  out.indices = out.indices.first(5);
  CHECK(refusal(out, 2, 3) == too_small);
  out = fits;
  out.scores = out.scores.first(5);
  CHECK(refusal(out, 2, 3) == too_small);
  out = fits;
  out.counts = out.counts.first(1);
  CHECK(refusal(out, 2, 3) == too_small);
  out = fits;
  out.k = std::numeric_limits<std::size_t>::max();
  CHECK(refusal(out, 2, out.k) == too_small);
  CHECK(refusal({0, {}, {}, counts}, 2, 0) == "nothing thrown");
}
