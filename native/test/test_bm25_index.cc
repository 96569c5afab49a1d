#include "tenbin/bm25_index.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "bm25/bm25_formula.h"
#include "harness.h"
#include "tenbin/errors.h"

using harness::Random;
using harness::Results;
using tenbin::Bm25Index;
using tenbin::Bm25Method;
using tenbin::Bm25Parameters;
using tenbin::CorpusTokens;
using tenbin::Execution;
using tenbin::IdRows;
using tenbin::InputError;
using tenbin::Subset;

namespace {

/// Words of documents or queries; a word is a number.
using Lists = std::vector<std::vector<std::uint32_t>>;

std::string word(std::uint32_t number) {
  std::string text("w");
  text += std::to_string(number);
  return text;
}

CorpusTokens tokens_of(const Lists& documents, const Execution& execution) {
  std::string bytes;
  std::vector<std::uint32_t> offsets{0};
  for (const auto& document : documents) {
    for (const std::uint32_t number : document) (bytes += word(number)) += ' ';
    offsets.push_back(static_cast<std::uint32_t>(bytes.size()));
  }
  CorpusTokens tokens(tenbin::SplitRule::kWhitespace, {});
  tokens.add({bytes, offsets, {}}, execution);
  tokens.finish(execution);
  return tokens;
}

Bm25Index index_of(const Lists& documents, std::span<const std::uint32_t> ranks, const Bm25Parameters& parameters,
                   const Execution& execution) {
  return Bm25Index::build(tokens_of(documents, execution), ranks, parameters, execution);
}

/// An index to be searched at every level; what builds it does not matter, as smaller tests show.
Bm25Index large_index_of(const Lists& documents, std::span<const std::uint32_t> ranks,
                         const Bm25Parameters& parameters) {
  static tenbin::ThreadPool pool(2);
  static const tenbin::Cancellation never;
  return index_of(documents, ranks, parameters, {pool, tenbin::kernels_for(tenbin::usable_isas().back()), never});
}

std::vector<std::uint32_t> ascending(std::size_t n) {
  std::vector<std::uint32_t> ranks(n);
  std::iota(ranks.begin(), ranks.end(), 0);
  return ranks;
}

/// Queries as the index numbers their words; words that no document has are left out.
struct Queries {
  Queries(const Bm25Index& index, const Lists& lists) {
    for (const auto& list : lists) {
      for (const std::uint32_t number : list) {
        const std::uint32_t term = index.find_term(word(number));
        if (term != Bm25Index::kUnknownTerm) ids.push_back(term);
      }
      offsets.push_back(static_cast<std::uint32_t>(ids.size()));
    }
  }
  IdRows rows() const { return {offsets, ids}; }

  std::vector<std::uint32_t> offsets{0};
  std::vector<std::uint32_t> ids;
};

/// Rows of document numbers.
struct Rows {
  explicit Rows(const Lists& lists) {
    for (const auto& list : lists) {
      ids.insert(ids.end(), list.begin(), list.end());
      offsets.push_back(static_cast<std::uint32_t>(ids.size()));
    }
  }
  IdRows rows() const { return {offsets, ids}; }

  std::vector<std::uint32_t> offsets{0};
  std::vector<std::uint32_t> ids;
};

/// Straight from the published formulas: no postings, no impacts kept.
class NaiveScorer {
 public:
  NaiveScorer(const Lists& documents, const Bm25Parameters& parameters) : p_(parameters) {
    double tokens = 0;
    for (const auto& document : documents) {
      std::map<std::uint32_t, double>& counts = counts_.emplace_back();
      for (const std::uint32_t number : document) ++counts[number];
      for (const auto& [number, count] : counts) ++df_[number];
      lengths_.push_back(static_cast<double>(document.size()));
      tokens += static_cast<double>(document.size());
    }
    average_ = tokens / static_cast<double>(documents.size());
  }

  float operator()(std::size_t d, const std::vector<std::uint32_t>& query) const {
    float score = 0;
    for (const std::uint32_t term : query) {
      const auto found = counts_[d].find(term);
      if (found == counts_[d].end()) continue;
      const double n = static_cast<double>(counts_.size());
      const double df = df_.at(term);
      const double length = p_.quantize_lengths ? quantized(lengths_[d]) : lengths_[d];
      const double norm = 1 - p_.b + p_.b * (length / average_);
      score += static_cast<float>(static_cast<float>(idf(n, df)) * (part(found->second, norm) - absent()));
    }
    return score;
  }

 private:
  double idf(double n, double df) const {
    switch (p_.method) {
      case Bm25Method::kRobertson:
        return std::log(std::max(1.0, (n - df + 0.5) / (df + 0.5)));
      case Bm25Method::kLucene:
        return std::log(1 + (n - df + 0.5) / (df + 0.5));
      case Bm25Method::kAtire:
        return std::log(n / df);
      case Bm25Method::kBm25L:
        return std::log((n + 1) / (df + 0.5));
      default:
        return std::log((n + 1) / df);
    }
  }
  double part(double tf, double norm) const {
    switch (p_.method) {
      case Bm25Method::kRobertson:
      case Bm25Method::kLucene:
        return tf / (p_.k1 * norm + tf);
      case Bm25Method::kBm25L: {
        const double c = tf / norm + p_.delta;
        return (p_.k1 + 1) * c / (p_.k1 + c);
      }
      default:  // delta of bm25+ is in a document without the term too
        return (p_.k1 + 1) * tf / (p_.k1 * norm + tf);
    }
  }
  double absent() const { return p_.method == Bm25Method::kBm25L ? (p_.k1 + 1) * p_.delta / (p_.k1 + p_.delta) : 0; }
  /// By the table of lengths that Lucene's 256 codes stand for.
  static double quantized(double length) {
    double kept = 0;
    for (int code = 0; code < 256; ++code) {
      double decoded = code;
      if (code >= 24) {
        const int rest = code - 24;
        decoded = 24 + (rest < 8 ? rest : std::ldexp(8 + rest % 8, rest / 8 - 1));
      }
      if (decoded <= length) kept = decoded;
    }
    return kept;
  }

  Bm25Parameters p_;
  std::vector<std::map<std::uint32_t, double>> counts_;
  std::map<std::uint32_t, double> df_;
  std::vector<double> lengths_;
  double average_ = 0;
};

/// The ranking that the formula asks for, among the documents that `allowed(query, document)` lets through.
template <typename Allowed>
Results naive_results(const Lists& documents, const Lists& queries, const std::vector<std::uint32_t>& ranks,
                      std::size_t k, const Bm25Parameters& parameters, Allowed&& allowed) {
  const NaiveScorer scorer(documents, parameters);
  Results expected(queries.size(), k, documents.size());
  for (std::size_t q = 0; q < queries.size(); ++q) {
    std::vector<std::pair<float, std::uint32_t>> scored;
    for (std::uint32_t d = 0; d < documents.size(); ++d) {
      if (allowed(q, d)) scored.emplace_back(scorer(d, queries[q]), d);
    }
    std::sort(scored.begin(), scored.end(), [&](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : ranks[a.second] < ranks[b.second];
    });
    scored.resize(std::min(scored.size(), expected.width));
    for (std::size_t i = 0; i < scored.size(); ++i) {
      expected.scores[q * expected.width + i] = scored[i].first;
      expected.indices[q * expected.width + i] = scored[i].second;
    }
    expected.counts[q] = static_cast<std::uint32_t>(scored.size());
  }
  return expected;
}

const auto all_allowed = [](std::size_t, std::uint32_t) { return true; };

/// Documents in which small numbers are frequent, some empty; document 0 holds word 0 hundreds of times now and then.
Lists random_documents(Random& random, std::size_t count, std::size_t vocabulary) {
  Lists documents(count);
  for (auto& document : documents) {
    document.resize(harness::below(random, 12));
    for (auto& number : document) {
      number = static_cast<std::uint32_t>(harness::below(random, 1 + harness::below(random, vocabulary)));
    }
  }
  if (harness::below(random, 3) == 0) documents[0].resize(documents[0].size() + harness::below(random, 700));
  if (harness::below(random, 3) == 0) {
    for (auto& document : documents) document.push_back(0);
  }
  return documents;
}

Bm25Parameters random_parameters(Random& random) {
  return {static_cast<Bm25Method>(harness::below(random, 5)),
          0.1 + 0.3 * static_cast<double>(harness::below(random, 8)),
          0.25 * static_cast<double>(harness::below(random, 5)), 0.5 * static_cast<double>(harness::below(random, 3)),
          harness::below(random, 4) == 0};
}

Lists random_queries(Random& random, std::size_t count, std::size_t longest, std::size_t vocabulary) {
  Lists queries(count);
  for (auto& query : queries) {
    query.resize(harness::below(random, longest + 1));
    for (auto& number : query) number = static_cast<std::uint32_t>(harness::below(random, vocabulary + 2));
  }
  return queries;
}

}  // namespace

TEST(rankings_are_those_of_the_formula_at_every_level) {
  Random random(5);
  for (int round = 0; round < 150; ++round) {
    const std::size_t n = 1 + harness::below(random, round % 15 == 0 ? 2000 : 40);
    const std::size_t vocabulary = 1 + harness::below(random, 30);
    const Lists documents = random_documents(random, n, vocabulary);
    const Lists queries = random_queries(random, 1 + harness::below(random, 6), 6, vocabulary);
    const Bm25Parameters parameters = random_parameters(random);
    const auto ranks = harness::permutation(random, n);
    const std::size_t k = 1 + harness::below(random, n + 5);
    const Results expected = naive_results(documents, queries, ranks, k, parameters, all_allowed);
    harness::at_every_level([&](const Execution& execution, const std::string& level) {
      const Bm25Index index = index_of(documents, ranks, parameters, execution);
      const Queries query_terms(index, queries);
      Results results(queries.size(), k, n);
      index.search(query_terms.rows(), {}, results.view(), execution);
      CHECK_WITH(results == expected, level << ", round " << round);
      Results exhaustive(queries.size(), k, n);
      index.search_exhaustively(query_terms.rows(), exhaustive.view(), execution);
      CHECK_WITH(exhaustive == expected, level << ", exhaustively, round " << round);
    });
  }
}

TEST(a_search_over_many_blocks_is_the_exhaustive_one) {
  Random random(6);
  for (int round = 0; round < 2; ++round) {
    // Blocks are of 16,384 documents; words of every frequency, from all documents down to one, some only at the end.
    const std::size_t n = 20000 + harness::below(random, 60000);
    Lists documents(n);
    for (std::size_t d = 0; d < n; ++d) {
      const std::size_t length = harness::below(random, 8);
      for (std::size_t i = 0; i < length; ++i) {
        const double u = static_cast<double>(harness::below(random, 1000000)) / 1e6;
        documents[d].push_back(static_cast<std::uint32_t>(std::pow(20000.0, u)) - 1);
      }
      if (d > n - 100) documents[d].push_back(30000);
      if (d % 3 == 0) documents[d].push_back(30001);
    }
    Lists queries = random_queries(random, 12, 8, 20000);
    for (auto& query : queries) {
      for (auto& number : query) {
        if (harness::below(random, 2) == 0) number = static_cast<std::uint32_t>(harness::below(random, 10));
      }
    }
    queries.push_back({30000});
    queries.push_back({30001, 0, 0, 1, 30000});
    queries.push_back({});
    const Bm25Parameters parameters = random_parameters(random);
    const auto ranks = harness::permutation(random, n);
    const Bm25Index index = large_index_of(documents, ranks, parameters);
    harness::at_every_level([&](const Execution& execution, const std::string& level) {
      for (const std::size_t k : {std::size_t{1}, std::size_t{100}, std::size_t{1500}}) {
        // All together, then one by one, which splits a query over threads.
        for (const std::size_t together : {queries.size(), std::size_t{1}}) {
          for (std::size_t first = 0; first < queries.size(); first += together == 1 ? 7 : together) {
            const Lists some(queries.begin() + static_cast<std::ptrdiff_t>(first),
                             queries.begin() + static_cast<std::ptrdiff_t>(first + together));
            const Queries query_terms(index, some);
            Results expected(some.size(), k, n);
            Results results(some.size(), k, n);
            index.search_exhaustively(query_terms.rows(), expected.view(), execution);
            index.search(query_terms.rows(), {}, results.view(), execution);
            CHECK_WITH(results == expected, level << ", round " << round << ", k " << k << ", from " << first);
          }
        }
      }
    });
  }
}

TEST(a_posting_behind_a_block_that_was_skipped_counts) {
  // Word 0 is worth most in the first block, least in the second, which is skipped; word 1 has one posting there and
  // one in the third.
  constexpr std::size_t kBlock = 16384;
  Lists documents(3 * kBlock);
  for (std::size_t d = 0; d < documents.size(); ++d) {
    const bool rich = d == 2 * kBlock + 77 || (d % 3 == 0 && d / kBlock != 1);
    documents[d].assign(9, 2);
    std::fill_n(documents[d].begin(), d % 3 == 0 || rich ? (rich ? 8 : 1) : 0, 0);
    documents[d].push_back(d == kBlock + 5 || d == 2 * kBlock + 77 ? 1 : 3);
  }
  const Bm25Parameters parameters{.method = Bm25Method::kBm25Plus};
  const Bm25Index index = large_index_of(documents, ascending(documents.size()), parameters);
  Lists queries(1, std::vector<std::uint32_t>(20, 0));
  queries[0].push_back(1);
  const Queries terms(index, queries);
  Results expected(1, 5, documents.size());
  Results results(1, 5, documents.size());
  harness::at_every_level([&](const Execution& execution, const std::string& level) {
    index.search_exhaustively(terms.rows(), expected.view(), execution);
    index.search(terms.rows(), {}, results.view(), execution);
    CHECK_WITH(results == expected && results.indices[0] == 2 * kBlock + 77, level);
  });
}

TEST(a_rare_term_counts_from_the_first_document_of_a_part) {
  tenbin::ThreadPool pool(2);
  const tenbin::Cancellation never;
  const Execution execution{pool, tenbin::kernels_for(tenbin::usable_isas().back()), never};
  // 8 blocks, so that one query is split in the middle, at document 4 * 16384.
  Lists documents(8 * 16384, {0});
  for (const std::size_t d : {std::size_t{5}, std::size_t{4 * 16384}, std::size_t{4 * 16384 + 1}}) documents[d] = {1};
  const Bm25Index index = index_of(documents, ascending(documents.size()), {}, execution);
  Results results(1, 3, documents.size());
  index.search(Queries(index, {{1}}).rows(), {}, results.view(), execution);
  CHECK(results.indices == (std::vector<std::uint32_t>{5, 4 * 16384, 4 * 16384 + 1}));
}

TEST(long_queries_of_repeated_terms_are_bounded_rightly) {
  Random random(9);
  for (int round = 0; round < 4; ++round) {
    // Documents of a block are alike, so that whole blocks are just above or below the k-th score.
    const std::size_t n = 5 * 16384 + harness::below(random, 16384);
    Lists documents(n);
    for (std::size_t d = 0; d < n; ++d) {
      const std::size_t quality = (d / 16384 * 7 + static_cast<std::size_t>(round)) % 5;
      for (std::size_t i = 0; i < 4; ++i) {
        documents[d].push_back(static_cast<std::uint32_t>(harness::below(random, 3 + quality)));
      }
    }
    const Bm25Parameters parameters = random_parameters(random);
    const auto ranks = harness::permutation(random, n);
    Lists queries(3);
    for (auto& query : queries) {
      query.resize(1 + harness::below(random, 400));
      for (auto& number : query) number = static_cast<std::uint32_t>(harness::below(random, 7));
    }
    const Bm25Index index = large_index_of(documents, ranks, parameters);
    harness::at_every_level([&](const Execution& execution, const std::string& level) {
      const Queries terms(index, queries);
      Results expected(queries.size(), 20, n);
      Results results(queries.size(), 20, n);
      index.search_exhaustively(terms.rows(), expected.view(), execution);
      index.search(terms.rows(), {}, results.view(), execution);
      CHECK_WITH(results == expected, level << ", round " << round);
    });
  }
}

TEST(every_term_of_a_large_vocabulary_is_weighed) {
  Random random(10);
  Lists documents(400);
  for (std::uint32_t d = 0; d < documents.size(); ++d) {
    for (std::uint32_t i = 0; i < 12; ++i)
      documents[d].push_back(static_cast<std::uint32_t>(harness::below(random, 2500)));
  }
  Lists queries;
  for (std::uint32_t number = 0; number < 2500; number += 1) queries.push_back({number});
  const auto ranks = harness::permutation(random, documents.size());
  const Bm25Parameters parameters{.method = Bm25Method::kLucene};
  const Results expected = naive_results(documents, queries, ranks, 3, parameters, all_allowed);
  const Bm25Index index = large_index_of(documents, ranks, parameters);
  harness::at_every_level([&](const Execution& execution, const std::string& level) {
    Results results(queries.size(), 3, documents.size());
    index.search(Queries(index, queries).rows(), {}, results.view(), execution);
    CHECK_WITH(results == expected, level);
  });
}

TEST(frequencies_around_a_byte_are_kept) {
  const std::vector<std::uint32_t> frequencies{1, 253, 254, 255, 256, 300, 509, 510, 511, 765, 1000};
  Lists documents;
  for (const std::uint32_t frequency : frequencies) {
    auto& document = documents.emplace_back(frequency, 0);
    document.insert(document.end(), frequency / 2, 1);
  }
  harness::at_every_level([&](const Execution& execution, const std::string& level) {
    const Bm25Index index = index_of(documents, ascending(documents.size()), {}, execution);
    const std::vector<std::uint32_t> query{index.find_term("w0"), index.find_term("w1")};
    for (std::uint32_t d = 0; d < documents.size(); ++d) {
      const bool both = frequencies[d] >= 2;
      const auto explanation = index.explain(both ? query : std::vector<std::uint32_t>{query[0]}, d);
      CHECK_WITH(explanation.parts[0].frequency == frequencies[d], level);
      CHECK_WITH(!both || explanation.parts[1].frequency == frequencies[d] / 2, level);
    }
  });
}

TEST(a_filter_or_candidates_restrict_a_search) {
  Random random(7);
  for (int round = 0; round < 60; ++round) {
    const std::size_t n = 1 + harness::below(random, round % 15 == 0 ? 30000 : 60);
    const std::size_t vocabulary = 1 + harness::below(random, 30);
    const Lists documents = random_documents(random, n, vocabulary);
    const Lists queries = random_queries(random, 1 + harness::below(random, 4), 5, vocabulary);
    const Bm25Parameters parameters = random_parameters(random);
    const auto ranks = harness::permutation(random, n);
    const std::size_t k = 1 + harness::below(random, std::min<std::size_t>(n, 100) + 5);
    std::vector<std::uint8_t> filter((n + 7) / 8);
    const std::size_t density = 1 + harness::below(random, 4);
    for (std::size_t d = 0; d < n; ++d) {
      if (harness::below(random, density) == 0) filter[d / 8] = static_cast<std::uint8_t>(filter[d / 8] | 1u << d % 8);
    }
    Lists candidates(queries.size());
    std::vector<std::vector<bool>> is_candidate(queries.size(), std::vector<bool>(n));
    for (std::size_t q = 0; q < queries.size(); ++q) {
      candidates[q] = harness::permutation(random, n);
      candidates[q].resize(harness::below(random, n + 1));
      for (const std::uint32_t d : candidates[q]) is_candidate[q][d] = true;
    }
    const Results filtered = naive_results(documents, queries, ranks, k, parameters, [&](std::size_t, std::uint32_t d) {
      return (filter[d / 8] >> d % 8 & 1) != 0;
    });
    const Results reranked = naive_results(documents, queries, ranks, k, parameters,
                                           [&](std::size_t q, std::uint32_t d) { return is_candidate[q][d]; });
    harness::at_every_level([&](const Execution& execution, const std::string& level) {
      const Bm25Index index = index_of(documents, ranks, parameters, execution);
      const Queries query_terms(index, queries);
      Results results(queries.size(), k, n);
      index.search(query_terms.rows(), {filter, {}}, results.view(), execution);
      CHECK_WITH(results == filtered, level << ", filter, round " << round);
      const Rows rows(candidates);
      Results few(queries.size(), k, n);
      index.search(query_terms.rows(), {{}, rows.rows()}, few.view(), execution);
      CHECK_WITH(few == reranked, level << ", candidates, round " << round);
    });
  }
}

TEST(an_explanation_adds_up_to_the_score) {
  Random random(8);
  for (int round = 0; round < 60; ++round) {
    const std::size_t n = 1 + harness::below(random, 50);
    const Lists documents = random_documents(random, n, 10);
    const Lists queries = random_queries(random, 1, 6, 10);
    const Bm25Parameters parameters = random_parameters(random);
    const NaiveScorer scorer(documents, parameters);
    harness::at_every_level([&](const Execution& execution, const std::string& level) {
      const Bm25Index index = index_of(documents, ascending(n), parameters, execution);
      const Queries query(index, queries);
      for (std::uint32_t d = 0; d < n; ++d) {
        const tenbin::Bm25Explanation explanation = index.explain(query.ids, d);
        CHECK_WITH(explanation.score == scorer(d, queries[0]), level << ", round " << round);
        CHECK(explanation.document_length == documents[d].size());
        CHECK(explanation.parts.size() == query.ids.size());
        for (const auto& part : explanation.parts) {
          std::uint32_t frequency = 0;
          std::uint64_t df = 0;
          for (const auto& document : documents) {
            const auto count = std::count_if(document.begin(), document.end(), [&](std::uint32_t number) {
              return index.find_term(word(number)) == part.term;
            });
            df += count > 0;
            if (&document == &documents[d]) frequency = static_cast<std::uint32_t>(count);
          }
          CHECK_WITH(part.frequency == frequency && part.document_frequency == df, level << ", round " << round);
          CHECK(part.contribution == static_cast<float>(part.idf * part.tf_part));
        }
      }
    });
  }
}

TEST(terms_are_found_and_numbered_by_falling_frequency) {
  harness::at_every_level([](const Execution& execution, const std::string& level) {
    Lists documents;
    for (std::uint32_t d = 0; d < 9000; ++d) documents.push_back({d, 9000});
    const Bm25Index index = index_of(documents, ascending(9000), {}, execution);
    CHECK(index.terms() == 9001 && index.postings() == 18000 && index.tokens() == 18000);
    CHECK_WITH(index.find_term("w9000") == 0, level);
    CHECK(index.find_term("w9001") == Bm25Index::kUnknownTerm);
    CHECK(index.find_term("") == Bm25Index::kUnknownTerm);
    for (std::uint32_t d = 0; d < 9000; d += 7) {
      Results results(1, 1, 9000);
      index.search(Queries(index, {{d}}).rows(), {}, results.view(), execution);
      CHECK_WITH(results.indices[0] == d, level);
    }
  });
}

TEST(lengths_are_rounded_as_lucene_rounds_them) {
  const auto same = [](std::uint32_t length) { return tenbin::lucene_length(length) == length; };
  for (std::uint32_t length = 0; length <= 40; ++length) CHECK(same(length));
  CHECK(tenbin::lucene_length(41) == 40 && tenbin::lucene_length(42) == 42);
  CHECK(tenbin::lucene_length(100) == 96 && tenbin::lucene_length(1000) == 984);
  CHECK(tenbin::lucene_length(0x7fffffff) == 2013265944);  // Integer.MAX_VALUE has Lucene's last code
}

TEST(among_equal_scores_the_rank_decides_however_late_a_document_comes) {
  harness::at_every_level([](const Execution& execution, const std::string& level) {
    constexpr std::uint32_t kSize = 50000;
    Lists documents;
    for (std::uint32_t d = 0; d < kSize; ++d) documents.push_back({d % 3});
    std::vector<std::uint32_t> ranks(kSize);
    std::iota(ranks.rbegin(), ranks.rend(), 0);
    const Bm25Index index = index_of(documents, ranks, {}, execution);
    for (const std::size_t k : {1u, 10u, 200u}) {
      Results results(1, k, kSize);
      index.search(Queries(index, {{1}}).rows(), {}, results.view(), execution);
      const std::uint32_t last = kSize - 1;
      for (std::uint32_t i = 0; i < k; ++i) {
        CHECK_WITH(results.indices[i] == last - (last - 1) % 3 - 3 * i, level << ", k " << k);
      }
    }
  });
}

TEST(a_stretch_of_rows_is_searched_like_a_set_of_its_own) {
  harness::at_every_level([](const Execution& execution, const std::string& level) {
    const Bm25Index index = index_of({{0}, {1}, {2}, {1, 2}, {}}, ascending(5), {}, execution);
    const Queries queries(index, {{0}, {1, 2}, {2}});
    Results whole(3, 5, 5);
    index.search(queries.rows(), {}, whole.view(), execution);
    Results last(1, 5, 5);
    index.search({std::span(queries.offsets).subspan(2), queries.ids}, {}, last.view(), execution);
    CHECK_WITH(std::equal(last.indices.begin(), last.indices.end(), whole.indices.begin() + 10), level);
  });
}

TEST(empty_corpora_queries_and_vocabularies_have_answers) {
  harness::at_every_level([](const Execution& execution, const std::string&) {
    const Bm25Index none = index_of({}, {}, {}, execution);
    Results results(2, 10, 0);
    results.counts = {9, 9};
    none.search(Queries(none, {{}, {}}).rows(), {}, results.view(), execution);
    CHECK(results.counts == (std::vector<std::uint32_t>{0, 0}));

    const std::vector<std::uint32_t> ranks{1, 0};
    const Bm25Index wordless = index_of({{}, {}}, ranks, {}, execution);
    Results filled(1, 2, 2);
    wordless.search(Queries(wordless, {{3}}).rows(), {}, filled.view(), execution);
    CHECK(filled.indices == (std::vector<std::uint32_t>{1, 0}));
  });
}

TEST(input_that_does_not_hold_together_is_refused) {
  harness::at_every_level([](const Execution& execution, const std::string&) {
    const Lists documents{{0}, {1}};
    const auto build = [&](const std::vector<std::uint32_t>& ranks, const Bm25Parameters& parameters) {
      return harness::message_of<InputError>([&] { index_of(documents, ranks, parameters, execution); });
    };
    CHECK(build({0}, {}) == "tie ranks: one per document is needed");
    CHECK(build({0, 0}, {}).starts_with("tie ranks must be a permutation"));
    CHECK(build({0, 1}, {.k1 = 0}) == "k1 must be above 0 and at most 1000000");
    CHECK(build({0, 1}, {.b = std::nan("")}) == "b must be between 0 and 1");
    CHECK(build({0, 1}, {.delta = -1}) == "delta must be between 0 and 1000000");

    const Bm25Index index = index_of(documents, ascending(2), {}, execution);
    Results results(1, 2, 2);
    const auto search = [&](const IdRows& queries, const Subset& subset, tenbin::TopK out) {
      return harness::message_of<InputError>([&] { index.search(queries, subset, out, execution); });
    };
    const Rows one(Lists{{1}});
    CHECK(search(Rows(Lists{{2}}).rows(), {}, results.view()) == "queries: id 2 at position 0 is not below 2");
    CHECK(search(Rows(Lists{{1}, {1}}).rows(), {}, results.view()) == "the result arrays are smaller than queries x k");
    auto none = results.view();
    none.k = 0;
    CHECK(search(one.rows(), {}, none) == "k must be at least 1");
    const std::vector<std::uint32_t> descending{0, 2, 1, 2};
    CHECK(search({descending, one.ids}, {}, results.view()) ==
          "queries: offsets must be one more than rows and end within the ids");
    const std::vector<std::uint8_t> two{1, 1};
    CHECK(search(one.rows(), {two, {}}, results.view()) == "filter: one bit a document is needed");
    const std::vector<std::uint8_t> both{3};
    CHECK(search(one.rows(), {both, one.rows()}, results.view()) == "filter and candidates: only one of the two");
    CHECK(search(one.rows(), {{}, Rows(Lists{{2}}).rows()}, results.view()) ==
          "candidates: id 2 at position 0 is not below 2");
    CHECK(search(one.rows(), {{}, Rows(Lists{{0}, {0}}).rows()}, results.view()) ==
          "candidates: one row a query is needed");
    CHECK(search(one.rows(), {{}, Rows(Lists{{0, 1, 0}}).rows()}, results.view()) ==
          "candidates: document 0 is given twice for query 0");
    CHECK(harness::message_of<InputError>([&] { index.explain(one.ids, 2); }) == "document must be below 2");
    const std::vector<std::uint32_t> unknown{2};
    CHECK(harness::message_of<InputError>([&] { index.explain(unknown, 0); }) ==
          "query: id 2 at position 0 is not below 2");
  });
}

TEST(a_cancelled_build_or_search_throws) {
  tenbin::ThreadPool pool(2);
  tenbin::Cancellation cancellation;
  const Execution execution{pool, tenbin::kernels_for(tenbin::Isa::kBaseline), cancellation};
  const Bm25Index index = index_of({{0}}, ascending(1), {}, execution);
  CorpusTokens tokens = tokens_of({{0}}, execution);
  const Queries queries(index, {{0}});
  cancellation.cancel();
  CHECK(harness::message_of<tenbin::Cancelled>(
            [&] { Bm25Index::build(std::move(tokens), ascending(1), {}, execution); }) == "cancelled");
  Results results(1, 1, 1);
  CHECK(harness::message_of<tenbin::Cancelled>([&] { index.search(queries.rows(), {}, results.view(), execution); }) ==
        "cancelled");
}
