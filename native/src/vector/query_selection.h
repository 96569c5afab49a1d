#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/kernels.h"
#include "tenbin/vector_index.h"
#include "topk/top_keys.h"
#include "vector/candidates.h"
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

/// The documents that can still be among a query's k best while its scanned scores come in.
///
/// They wait until there are many; then all that cannot reach the k best any more are dropped, and only if too many
/// remain (ties, duplicates) are they scored exactly at once. Memory is O(k) whatever the data.
class QuerySelection {
 public:
  /// Documents offered together, at most.
  static constexpr std::size_t kMostTogether = 256;

  QuerySelection(const Query& query, const ExactScorer& exact, Metric metric, std::size_t k, const Kernels& kernels);

  /// Takes those of the documents first, first + 1 ... whose scanned score is high enough and that `allowed(document)`.
  /// A NaN stands for a document outside the range of the bound.
  template <typename Allowed>
  void offer(const float* scanned, std::size_t count, std::uint32_t first, const Allowed& allowed) {
    const std::size_t end =
        size_ + kernels_.collect_at_least(scanned, count, threshold_, first, documents_.data() + size_);
    for (std::size_t i = size_; i < end; ++i) {
      const std::uint32_t document = documents_[i];
      if (!allowed(document)) continue;
      const float score = scanned[document - first];
      if (std::isnan(score)) {
        best_.push(exact_(query_, document));
        continue;
      }
      documents_[size_] = document;
      scanned_[size_++] = score;
    }
    if (size_ >= limit_) make_room();
  }

  /// Takes what `later` has left, of the same query over documents behind these.
  void join(QuerySelection& later);

  /// Drops what it can and returns what is still waiting.
  Candidates finish();

  /// The k best, best first. @param waiting the keys of what `finish` returned
  const std::vector<Key>& best(const std::vector<Key>& waiting);

 private:
  void resize();
  void make_room();
  void drop_hopeless();
  void score_waiting();
  void raise_threshold(double score);

  const Query& query_;
  const ExactScorer& exact_;
  const Kernels& kernels_;
  double scan_unit_;  // an exact score times this compares with a scanned one
  std::size_t k_;
  float threshold_;
  std::size_t size_ = 0;
  std::size_t limit_;
  std::vector<std::uint32_t> documents_;
  std::vector<float> scanned_;
  TopKeys best_;
};

}  // namespace tenbin
