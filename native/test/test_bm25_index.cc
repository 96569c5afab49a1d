#include "tenbin/bm25_index.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness.h"
#include "tenbin/errors.h"

using harness::Results;
using tenbin::Bm25Index;
using tenbin::Bm25Parameters;
using tenbin::InputError;
using tenbin::TokenRows;

namespace {

using Lists = std::vector<std::vector<std::uint32_t>>;

struct Csr {
  explicit Csr(const Lists& lists) : offsets{0} {
    for (const auto& list : lists) {
      ids.insert(ids.end(), list.begin(), list.end());
      offsets.push_back(static_cast<std::uint32_t>(ids.size()));
    }
  }
  TokenRows rows() const { return {offsets, ids}; }

  std::vector<std::uint32_t> offsets;
  std::vector<std::uint32_t> ids;
};

Csr csr(std::initializer_list<std::vector<std::uint32_t>> lists) { return Csr(Lists(lists)); }

/// Straight from the formula: no postings, no impacts kept.
float naive_score(const Lists& documents, std::size_t d, const std::vector<std::uint32_t>& query,
                  const Bm25Parameters& p) {
  double tokens = 0;
  for (const auto& document : documents) tokens += static_cast<double>(document.size());
  const double n = static_cast<double>(documents.size());
  const double average = tokens / n;
  float score = 0;
  for (const std::uint32_t term : query) {
    const auto in = [&](const auto& document) { return std::count(document.begin(), document.end(), term); };
    const double df = static_cast<double>(
        std::count_if(documents.begin(), documents.end(), [&](const auto& x) { return in(x) > 0; }));
    const double tf = static_cast<double>(in(documents[d]));
    const double length = static_cast<double>(documents[d].size());
    const float idf = static_cast<float>(std::log(std::max(1.0, (n - df + 0.5) / (df + 0.5))));
    if (tf > 0) score += static_cast<float>(idf * (tf / (p.k1 * (1 - p.b + p.b * (length / average)) + tf)));
  }
  return score;
}

}  // namespace

TEST(rankings_are_those_of_the_formula_at_every_level) {
  harness::Random random(5);
  for (int round = 0; round < 60; ++round) {
    const std::size_t n = 1 + harness::below(random, round < 50 ? 40 : 3000);
    const std::size_t vocabulary = 1 + harness::below(random, 30);
    Lists documents(n);
    for (auto& document : documents) {
      document.resize(harness::below(random, 12));
      for (auto& id : document)
        id = static_cast<std::uint32_t>(harness::below(random, 1 + harness::below(random, vocabulary)));
    }
    documents[0].push_back(0);
    Lists queries(1 + harness::below(random, 6));
    for (auto& query : queries) {
      query.resize(harness::below(random, 6));
      for (auto& id : query) id = static_cast<std::uint32_t>(harness::below(random, vocabulary));
    }
    const Bm25Parameters parameters{0.1 + 0.3 * static_cast<double>(harness::below(random, 8)),
                                    0.25 * static_cast<double>(harness::below(random, 5))};
    const auto ranks = harness::permutation(random, n);
    const Csr document_rows(documents);
    const Csr query_rows(queries);
    const std::size_t k = 1 + harness::below(random, n + 5);

    Results expected(queries.size(), k, n);
    for (std::size_t q = 0; q < queries.size(); ++q) {
      std::vector<float> scores(n);
      for (std::size_t d = 0; d < n; ++d) scores[d] = naive_score(documents, d, queries[q], parameters);
      std::vector<std::uint32_t> order(n);
      std::iota(order.begin(), order.end(), 0);
      std::sort(order.begin(), order.end(),
                [&](auto a, auto b) { return scores[a] != scores[b] ? scores[a] > scores[b] : ranks[a] < ranks[b]; });
      for (std::size_t i = 0; i < expected.width; ++i) {
        expected.indices[q * expected.width + i] = order[i];
        expected.scores[q * expected.width + i] = scores[order[i]];
      }
      expected.counts[q] = static_cast<std::uint32_t>(expected.width);
    }
    harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
      const auto index =
          Bm25Index::build(document_rows.rows(), static_cast<std::uint32_t>(vocabulary), ranks, parameters, execution);
      Results results(queries.size(), k, n);
      index.search(query_rows.rows(), results.view(), execution);
      CHECK_WITH(results == expected, level << ", round " << round);
    });
  }
}

TEST(every_term_of_a_large_vocabulary_counts) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string& level) {
    constexpr std::uint32_t kSize = 9000;
    Lists rows;
    for (std::uint32_t d = 0; d < kSize; ++d) rows.push_back({d});
    const Csr documents(rows);
    std::vector<std::uint32_t> ranks(kSize);
    std::iota(ranks.rbegin(), ranks.rend(), 0);
    const auto index = Bm25Index::build(documents.rows(), kSize, ranks, {}, execution);
    const std::vector<std::uint32_t> terms{0, 4095, 4096, 8191, 8192, kSize - 1};
    Lists queries;
    for (const std::uint32_t term : terms) queries.push_back({term});
    Results results(terms.size(), 1, kSize);
    index.search(Csr(queries).rows(), results.view(), execution);
    CHECK_WITH(results.indices == terms, level);
  });
}

TEST(among_equal_scores_the_rank_decides_however_late_a_document_comes) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string& level) {
    constexpr std::uint32_t kSize = 5000;
    Lists rows;
    for (std::uint32_t d = 0; d < kSize; ++d) rows.push_back({d % 3});
    std::vector<std::uint32_t> ranks(kSize);
    std::iota(ranks.rbegin(), ranks.rend(), 0);
    const auto index = Bm25Index::build(Csr(rows).rows(), 3, ranks, {}, execution);
    for (const std::size_t k : {1u, 10u, 200u}) {
      Results results(1, k, kSize);
      index.search(csr({{1}}).rows(), results.view(), execution);
      for (std::uint32_t i = 0; i < k; ++i) CHECK_WITH(results.indices[i] == kSize - 1 - 3 * i, level << ", k " << k);
    }
  });
}

TEST(a_stretch_of_rows_is_searched_like_a_set_of_its_own) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string& level) {
    const Csr documents = csr({{0}, {1}, {2}, {1, 2}, {}});
    const std::vector<std::uint32_t> ranks{0, 1, 2, 3, 4};
    const auto index = Bm25Index::build(documents.rows(), 3, ranks, {}, execution);
    const Csr queries = csr({{0}, {1, 2}, {2}});
    Results whole(3, 5, 5);
    index.search(queries.rows(), whole.view(), execution);
    Results last(1, 5, 5);
    index.search({std::span(queries.offsets).subspan(2), queries.ids}, last.view(), execution);
    CHECK_WITH(std::equal(last.indices.begin(), last.indices.end(), whole.indices.begin() + 10), level);

    const std::vector<std::uint32_t> two_ranks{0, 1};
    const auto stretch =
        Bm25Index::build({std::span(documents.offsets).subspan(1, 3), documents.ids}, 3, two_ranks, {}, execution);
    CHECK_WITH(stretch.size() == 2 && stretch.average_document_length() == 1, level);
  });
}

TEST(a_term_in_half_of_the_documents_adds_nothing) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string& level) {
    const Csr documents = csr({{0}, {0, 1}, {2}, {2}});
    const std::vector<std::uint32_t> ranks{3, 2, 1, 0};
    const auto index = Bm25Index::build(documents.rows(), 3, ranks, {}, execution);
    Results results(1, 4, 4);
    index.search(csr({{0, 0}}).rows(), results.view(), execution);
    CHECK_WITH(results.scores == std::vector<float>(4, 0.0f), level);
    CHECK_WITH(results.indices == (std::vector<std::uint32_t>{3, 2, 1, 0}), level);
  });
}

TEST(empty_corpora_queries_and_vocabularies_have_answers) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string&) {
    const auto none = Bm25Index::build(csr({}).rows(), 0, {}, {}, execution);
    Results results(2, 10, 0);
    results.counts = {9, 9};
    none.search(csr({{}, {}}).rows(), results.view(), execution);
    CHECK(results.counts == (std::vector<std::uint32_t>{0, 0}));

    const std::vector<std::uint32_t> ranks{1, 0};
    const auto wordless = Bm25Index::build(csr({{}, {}}).rows(), 0, ranks, {}, execution);
    Results filled(1, 2, 2);
    wordless.search(csr({{}}).rows(), filled.view(), execution);
    CHECK(filled.indices == (std::vector<std::uint32_t>{1, 0}));
  });
}

TEST(input_that_does_not_hold_together_is_refused) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string&) {
    const std::vector<std::uint32_t> ranks{0, 1};
    const Csr good = csr({{0}, {1}});
    const auto build = [&](const TokenRows& rows, std::uint32_t vocabulary, const std::vector<std::uint32_t>& tie_ranks,
                           Bm25Parameters p) {
      return harness::message_of<InputError>([&] { Bm25Index::build(rows, vocabulary, tie_ranks, p, execution); });
    };
    CHECK(build(good.rows(), 1, ranks, {}) == "documents: id 1 at position 1 is outside the vocabulary of 1");
    CHECK(build(good.rows(), 2, {0}, {}) == "tie ranks: one per document is needed");
    CHECK(build(good.rows(), 2, ranks, {0, 0.75}) == "k1 must be above 0");
    CHECK(build(good.rows(), 2, ranks, {1.5, std::nan("")}) == "b must be between 0 and 1");
    const std::vector<std::uint32_t> descending{0, 2, 1, 2};
    CHECK(build({descending, good.ids}, 2, {0, 1, 2}, {}) == "documents: offsets descend at row 1");
    const std::vector<std::uint32_t> too_far{0, 1, 3};
    CHECK(build({too_far, good.ids}, 2, ranks, {}) ==
          "documents: offsets must be one more than rows and end within the ids");

    const auto index = Bm25Index::build(good.rows(), 2, ranks, {}, execution);
    Results results(1, 2, 2);
    const auto search = [&](const TokenRows& queries, tenbin::TopK out) {
      return harness::message_of<InputError>([&] { index.search(queries, out, execution); });
    };
    CHECK(search(csr({{2}}).rows(), results.view()) == "queries: id 2 at position 0 is outside the vocabulary of 2");
    CHECK(search(csr({{1}, {1}}).rows(), results.view()) == "the result arrays are smaller than queries x k");
    auto none = results.view();
    none.k = 0;
    CHECK(search(csr({{1}}).rows(), none) == "k must be at least 1");
  });
}

TEST(a_cancelled_build_or_search_throws) {
  tenbin::ThreadPool pool(2);
  const std::vector<std::uint32_t> ranks{0};
  const Csr documents = csr({{0}});
  tenbin::Cancellation cancellation;
  const tenbin::Execution execution{pool, tenbin::kernels_for(tenbin::Isa::kBaseline), cancellation};
  const auto index = Bm25Index::build(documents.rows(), 1, ranks, {}, execution);
  cancellation.cancel();
  const Csr wordless = csr({{}});  // leaves no work to the pool, which looks at the flag too
  CHECK(harness::message_of<tenbin::Cancelled>([&] { Bm25Index::build(wordless.rows(), 0, ranks, {}, execution); }) ==
        "cancelled");
  Results results(1, 1, 1);
  CHECK(harness::message_of<tenbin::Cancelled>([&] { index.search(documents.rows(), results.view(), execution); }) ==
        "cancelled");
}
