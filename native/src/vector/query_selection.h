#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/kernels.h"
#include "tenbin/vector_index.h"
#include "topk/top_keys.h"
#include "vector/document_pages.h"

namespace tenbin {

/// A query as scores are made from it.
struct Query {
  const float* values;
  double norm;
  /// |scanned score - exact score * norm| is at most this for every document whose scale is not NaN.
  double error_bound;
};

/// Scores documents exactly.
class ExactScorer {
 public:
  ExactScorer(const Matrix& documents, Metric metric, const std::vector<double>& norms, const TieOrder& ties,
              const Kernels& kernels, const DocumentPages& pages)
      : documents_(documents), metric_(metric), norms_(norms), ties_(ties), kernels_(kernels), pages_(pages) {}

  Key operator()(const Query& query, std::uint32_t document) const {
    Key key = 0;
    score(query, {&document, 1}, &key);
    return key;
  }

  /// keys[i] is that of the document listed[i].
  void score(const Query& query, std::span<const std::uint32_t> listed, Key* keys) const {
    constexpr std::size_t kTogether = 64;
    double dots[kTogether];
    for (std::size_t begin = 0; begin < listed.size(); begin += kTogether) {
      const std::size_t count = std::min(kTogether, listed.size() - begin);
      kernels_.dot_exact(query.values, documents_.data.data(), documents_.dimension, listed.data() + begin, count,
                         dots);
      for (std::size_t i = 0; i < count; ++i) {
        pages_.touched();
        keys[begin + i] = key_of(query, listed[begin + i], dots[i]);
      }
    }
  }

  /// @param dot DotExact of the query and the document
  Key key_of(const Query& query, std::uint32_t document, double dot) const {
    double score = dot;
    if (metric_ == Metric::kCosine) {
      const double norms = query.norm * norms_[document];
      score = norms > 0 ? dot / norms : 0;
    }
    return make_key(static_cast<float>(score), ties_.rank_of(document));
  }

 private:
  const Matrix& documents_;
  Metric metric_;
  const std::vector<double>& norms_;
  const TieOrder& ties_;
  const Kernels& kernels_;
  const DocumentPages& pages_;
};

/// The running top k of one query while documents are scanned: scanned scores come in, exact ones come out.
///
/// Documents wait unresolved until there are many; then all that cannot reach the k best any more are dropped, and only
/// if too many remain (ties, duplicates) are they scored exactly. Memory is O(k) whatever the data.
class QuerySelection {
 public:
  QuerySelection(const Query& query, const ExactScorer& exact, Metric metric, std::size_t k);

  /// Scanned scores below this need not be offered.
  float threshold() const noexcept { return threshold_; }

  void offer(float scanned, std::uint32_t document);

  /// Raises the threshold by what was offered so far.
  void drop_hopeless();

  /// Scores exactly what is still waiting. Best first, at most k.
  const std::vector<Key>& finish();

 private:
  struct Waiting {
    float scanned;
    std::uint32_t document;
  };

  void score_waiting();
  void raise_threshold(double score);

  const Query& query_;
  const ExactScorer& exact_;
  double scan_unit_;  // an exact score times this compares with a scanned one
  std::size_t k_;
  std::size_t limit_;
  float threshold_;
  std::vector<Waiting> waiting_;
  TopKeys best_;
};

}  // namespace tenbin
