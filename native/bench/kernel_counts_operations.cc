#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "bench/kernel_counts.h"
#include "bench/kernel_counts_inputs.h"
#include "tenbin/bm25_index.h"
#include "tenbin/corpus_tokens.h"
#include "tenbin/overlap_index.h"
#include "tenbin/quantized_index.h"
#include "tenbin/vector_index.h"
#include "topk/reached_by.h"
#include "topk/top_keys.h"

namespace tenbin {

namespace {

constexpr std::size_t kBest = 100;

struct Texts {
  TextRows rows() const { return {bytes, offsets, {}}; }

  std::string bytes;
  std::vector<std::uint32_t> offsets{0};
};

/// An English-like word: a number's digits as syllables, with an ending for stemmers.
std::string word(std::uint32_t number) {
  constexpr std::string_view kSyllables[] = {"ta", "re", "con", "mi", "el", "for", "un", "ly"};
  constexpr std::string_view kEndings[] = {"", "s", "ing", "ed", "ational", "iveness", "er"};
  std::string text;
  for (std::size_t rest = number; rest > 0; rest /= std::size(kSyllables)) {
    text += kSyllables[rest % std::size(kSyllables)];
  }
  return number == 0 ? "the" : text.append(kEndings[number % std::size(kEndings)]);
}

Texts english_texts(FixedNumbers& numbers, std::size_t count, std::size_t words) {
  constexpr std::size_t kVocabulary = 20000;
  Texts texts;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t w = 0; w < words; ++w) {
      (texts.bytes += word(numbers.skewed(kVocabulary))) += numbers.below(10) == 0 ? ", " : " ";
    }
    texts.offsets.push_back(static_cast<std::uint32_t>(texts.bytes.size()));
  }
  return texts;
}

/// As above, a third of it in other scripts.
Texts mixed_texts(FixedNumbers& numbers, std::size_t count, std::size_t words) {
  constexpr std::string_view kOthers[] = {"東京都",  "カタカナ", "ひらがな", "Straße", "naïve", "Ελληνικά",
                                          "русский", "ไทย",      "한국어",   "don't",  "3.14",  "👩‍👩‍👧"};
  Texts texts;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t w = 0; w < words; ++w) {
      if (numbers.below(3) == 0)
        texts.bytes += kOthers[numbers.below(std::size(kOthers))];
      else
        texts.bytes += word(numbers.skewed(1000));
      texts.bytes += ' ';
    }
    texts.offsets.push_back(static_cast<std::uint32_t>(texts.bytes.size()));
  }
  return texts;
}

Work analyze(Texts texts, SplitRule rule, TokenFilter filter, const Execution& execution) {
  return [texts = std::move(texts), rule, filter = std::move(filter), &execution] {
    CorpusTokens tokens(rule, filter);
    tokens.add(texts.rows(), execution);
    tokens.finish(execution);
  };
}

Work analyze_english(const Execution& execution) {
  FixedNumbers numbers;
  return analyze(english_texts(numbers, 200, 60), SplitRule::kAsciiWords, {false, {"the", "ly"}, PorterVariant::kNltk},
                 execution);
}

Work analyze_standard(const Execution& execution) {
  FixedNumbers numbers;
  return analyze(mixed_texts(numbers, 200, 60), SplitRule::kStandard, {true, {}, std::nullopt}, execution);
}

Work analyze_unicode(const Execution& execution) {
  FixedNumbers numbers;
  return analyze(mixed_texts(numbers, 200, 60), SplitRule::kUnicode, {}, execution);
}

/// More documents than one block of a search.
constexpr std::size_t kBm25Documents = 20000;

CorpusTokens bm25_corpus(FixedNumbers& numbers, const Execution& execution) {
  CorpusTokens tokens(SplitRule::kWhitespace, {});
  tokens.add(english_texts(numbers, kBm25Documents, 12).rows(), execution);
  tokens.finish(execution);
  return tokens;
}

Bm25Index bm25_index(CorpusTokens corpus, const Execution& execution) {
  return Bm25Index::build(std::move(corpus), ascending(kBm25Documents), {}, execution);
}

Work build_bm25(const Execution& execution) {
  FixedNumbers numbers;
  const auto corpus = std::make_shared<CorpusTokens>(bm25_corpus(numbers, execution));
  return [corpus, &execution] { bm25_index(std::move(*corpus), execution); };
}

Work search_bm25(const Execution& execution) {
  constexpr std::size_t kQueries = 30;
  FixedNumbers numbers;
  const auto index = std::make_shared<const Bm25Index>(bm25_index(bm25_corpus(numbers, execution), execution));
  std::vector<std::uint32_t> offsets{0};
  std::vector<std::uint32_t> ids;
  for (std::size_t q = 0; q < kQueries; ++q) {
    for (std::size_t w = 0; w <= q % 6; ++w) ids.push_back(numbers.skewed(index->terms()));
    offsets.push_back(static_cast<std::uint32_t>(ids.size()));
  }
  return [index, offsets, ids, indices = std::vector<std::uint32_t>(kQueries * kBest),
          scores = std::vector<float>(kQueries * kBest), counts = std::vector<std::uint32_t>(kQueries),
          &execution]() mutable {
    index->search({offsets, ids}, {}, {kBest, indices, scores, counts}, execution);
  };
}

constexpr std::size_t kVectors = 3000;
constexpr std::size_t kDimension = 96;
constexpr std::size_t kVectorQueries = 14;

struct Embeddings {
  explicit Embeddings(FixedNumbers& numbers)
      : documents(numbers.components(kVectors * kDimension)),
        queries(numbers.components(kVectorQueries * kDimension)),
        tie_ranks(ascending(kVectors)) {}

  Matrix document_rows() const { return {documents, kVectors, kDimension}; }
  Matrix query_rows() const { return {queries, kVectorQueries, kDimension}; }

  std::vector<float> documents;
  std::vector<float> queries;
  std::vector<std::uint32_t> tie_ranks;
};

template <typename Search>
Work search_vectors(const Search& search) {
  return [search, indices = std::vector<std::uint32_t>(kVectorQueries * kBest),
          scores = std::vector<float>(kVectorQueries * kBest),
          counts = std::vector<std::uint32_t>(kVectorQueries)]() mutable {
    search(TopK{kBest, indices, scores, counts});
  };
}

Work search_exact(Scan scan, const Execution& execution) {
  FixedNumbers numbers;
  const auto embeddings = std::make_shared<const Embeddings>(numbers);
  const auto index = std::make_shared<const VectorIndex>(
      VectorIndex::create(embeddings->document_rows(), Metric::kCosine, embeddings->tie_ranks, scan, execution));
  return search_vectors([embeddings, index, &execution](const TopK& out) {
    index->search(embeddings->query_rows(), {}, out, execution);
  });
}

Work search_codes(const Execution& execution) { return search_exact(Scan::kCodes, execution); }
Work search_float32(const Execution& execution) { return search_exact(Scan::kFloat32, execution); }

Work create_codes(const Execution& execution) {
  FixedNumbers numbers;
  return [embeddings = Embeddings(numbers), &execution] {
    VectorIndex::create(embeddings.document_rows(), Metric::kCosine, embeddings.tie_ranks, Scan::kCodes, execution);
  };
}

Work search_quantized(Precision precision, const Execution& execution) {
  FixedNumbers numbers;
  const auto embeddings = std::make_shared<const Embeddings>(numbers);
  const auto index = std::make_shared<const QuantizedIndex>(QuantizedIndex::create(
      embeddings->document_rows(), precision, Metric::kCosine, embeddings->tie_ranks, execution));
  return search_vectors(
      [embeddings, index, &execution](const TopK& out) { index->search(embeddings->query_rows(), out, execution); });
}

Work search_float16(const Execution& execution) { return search_quantized(Precision::kFloat16, execution); }
Work search_int8(const Execution& execution) { return search_quantized(Precision::kInt8, execution); }
Work search_binary(const Execution& execution) { return search_quantized(Precision::kBinary, execution); }

constexpr std::size_t kScores = 20000;

Work select_keys(const Execution&) {
  FixedNumbers numbers;
  return [scores = numbers.components(kScores)] {
    TopKeys best(kBest);
    for (std::uint32_t i = 0; i < kScores; ++i) best.push(make_key(scores[i], i));
    best.sorted();
  };
}

Work find_reached_by(const Execution& execution) {
  FixedNumbers numbers;
  return [scores = numbers.components(kScores + kReachedByPadding), &execution]() mutable {
    reached_by(kBest, scores.data(), kScores, -2, execution.kernels);
  };
}

Work match_overlap(const Execution& execution) {
  FixedNumbers numbers;
  const auto index = std::make_shared<OverlapIndex>(OverlapOptions{});
  Texts rows = english_texts(numbers, 100, 40);
  index->add(rows.rows(), execution);
  index->finish(execution);
  // The texts of the index stand among others.
  const Texts others = english_texts(numbers, 300, 40);
  for (std::size_t i = 1; i < others.offsets.size(); ++i) {
    rows.offsets.push_back(static_cast<std::uint32_t>(rows.bytes.size() + others.offsets[i]));
  }
  rows.bytes += others.bytes;
  return [index, rows = std::move(rows), &execution] {
    index->match({RowLayout::kTexts, rows.bytes, rows.offsets, {}}, execution);
  };
}

}  // namespace

std::vector<CountedCase> operation_cases() {
  return {
      {"analyze english", analyze_english},
      {"analyze standard", analyze_standard},
      {"analyze unicode", analyze_unicode},
      {"bm25 build", build_bm25},
      {"bm25 search", search_bm25},
      {"vector create codes", create_codes},
      {"vector search codes", search_codes},
      {"vector search float32", search_float32},
      {"quantized search float16", search_float16},
      {"quantized search int8", search_int8},
      {"quantized search binary", search_binary},
      {"top k selection", select_keys},
      {"top k threshold", find_reached_by},
      {"overlap match", match_overlap},
  };
}

}  // namespace tenbin
