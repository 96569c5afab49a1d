#pragma once

// What the test and the fuzz target of the index file share.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "file/checksum.h"
#include "tenbin/bm25_index.h"
#include "tenbin/corpus_tokens.h"

namespace index_files {

using Random = std::mt19937_64;

inline const tenbin::Cancellation never;

/// "w7" for 7.
inline std::string word(std::size_t number) {
  std::string name("w");
  name += std::to_string(number);
  return name;
}

struct Shape {
  std::size_t documents;
  std::size_t words;    // distinct
  std::size_t longest;  // tokens of a document at most
  tenbin::Bm25Parameters parameters = {};
};

/// Random documents, some of them empty, in which small word numbers are frequent; document 0 holds "w0" 300 times
/// where documents may be that long.
inline tenbin::Bm25Index build(Random& random, const Shape& shape, const tenbin::Execution& execution) {
  const auto below = [&](std::size_t n) { return random() % n; };
  std::string bytes;
  std::vector<std::uint32_t> offsets{0};
  for (std::size_t document = 0; document < shape.documents; ++document) {
    const std::size_t length = below(shape.longest + 1);
    for (std::size_t i = 0; i < length && shape.words > 0; ++i) {
      (bytes += word(below(1 + below(shape.words)))) += ' ';
    }
    for (std::size_t i = 0; document == 0 && shape.longest >= 300 && i < 300; ++i) bytes += "w0 ";
    offsets.push_back(static_cast<std::uint32_t>(bytes.size()));
  }
  tenbin::CorpusTokens corpus(tenbin::SplitRule::kWhitespace, {});
  corpus.add({bytes, offsets, {}}, execution);
  corpus.finish(execution);
  std::vector<std::uint32_t> ranks(shape.documents);
  std::iota(ranks.begin(), ranks.end(), 0);
  for (std::size_t i = 1; i < ranks.size(); ++i) std::swap(ranks[i], ranks[below(i + 1)]);
  return tenbin::Bm25Index::build(std::move(corpus), ranks, shape.parameters, execution);
}

/// Gives the bytes of an index file the checksum that they ought to have.
inline void seal(std::string& file, const tenbin::Execution& execution) {
  const std::size_t end = file.size() - sizeof(std::uint64_t);
  const std::uint64_t checksum = tenbin::checksum_of(std::as_bytes(std::span(file).first(end)), execution);
  std::memcpy(file.data() + end, &checksum, sizeof checksum);
}

/// Lists of numbers and the view of them.
struct Rows {
  tenbin::IdRows view() const { return {offsets, ids}; }

  std::vector<std::uint32_t> offsets{0};
  std::vector<std::uint32_t> ids;
};

/// Queries of known terms, some of them empty, with repeats; all empty where there are no terms.
inline Rows queries_for(Random& random, const tenbin::Bm25Index& index, std::size_t count) {
  Rows rows;
  for (std::size_t query = 0; query < count; ++query) {
    for (std::size_t left = random() % 6; left > 0 && index.terms() > 0; --left) {
      rows.ids.push_back(static_cast<std::uint32_t>(random() % (1 + random() % index.terms())));
    }
    rows.offsets.push_back(static_cast<std::uint32_t>(rows.ids.size()));
  }
  return rows;
}

/// What a search found.
struct Found {
  Found(std::size_t queries, std::size_t k, const tenbin::Bm25Index& index)
      : width(std::min(k, index.size())), documents(queries * width), scores(queries * width), counts(queries) {}

  tenbin::TopK view() { return {width, documents, scores, counts}; }
  friend bool operator==(const Found&, const Found&) = default;

  std::size_t width;
  std::vector<std::uint32_t> documents;
  std::vector<float> scores;
  std::vector<std::uint32_t> counts;
};

}  // namespace index_files
