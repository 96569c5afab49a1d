#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "kernels/kernels.h"
#include "vector/candidates.h"
#include "vector/document_codes.h"

namespace tenbin {

/// The documents that can still be among a query's k best while its codes are multiplied.
///
/// Each has an upper bound of its score, which is proven, and a floor that it most likely reaches: its scanned score
/// less a share of the bound. Documents whose upper bound is below the k-th largest floor are dropped. That the k-th
/// best score is no lower than that is a guess, which is proven or not when the rest is scored: see complete_above.
/// Guessing leaves less than half of the documents that a proven floor would.
class CandidateSelection {
 public:
  /// Documents offered together, at most.
  static constexpr std::size_t kMostTogether = 256;

  /// @param most more candidates than this fail: a scan in float32 is cheaper then.
  CandidateSelection(const QueryCodes& query, std::size_t k, std::size_t most, const Kernels& kernels);

  /// Takes those of the documents first, first + 1 ... whose upper bound is high enough and that `allowed(document)`.
  template <typename Allowed>
  void offer(const CodedSums& block, std::size_t first, const Allowed& allowed) {
    if (failed_) return;
    const std::size_t before = size_;
    collect(block, first);
    std::size_t kept = before;
    for (std::size_t i = before; i < size_; ++i) {
      if (allowed(documents_[i])) move(i, kept++);
    }
    size_ = kept;
    if (size_ >= limit_) make_room();
  }

  /// As above, all being allowed.
  void offer(const CodedSums& block, std::size_t first) {
    if (failed_) return;
    collect(block, first);
    if (size_ >= limit_) make_room();
  }

  /// Takes what `later` has left, of the same query over documents behind these.
  void join(const CandidateSelection& later);

  bool failed() const noexcept { return failed_; }

  /// Drops what it can and returns the rest.
  Candidates finish();

  /// Whether no document that was dropped scores more than `score`, the query's norm taken out.
  bool complete_above(double score) const noexcept;

 private:
  void collect(const CodedSums& block, std::size_t first) {
    size_ += kernels_.collect_bounded(block, query_.bounds, threshold_, static_cast<std::uint32_t>(first),
                                      {documents_.data() + size_, uppers_.data() + size_, floors_.data() + size_});
  }

  void move(std::size_t from, std::size_t to) noexcept {
    documents_[to] = documents_[from];
    uppers_[to] = uppers_[from];
    floors_[to] = floors_[from];
  }

  void resize();
  void drop_hopeless();
  void make_room();

  QueryCodes query_;
  std::size_t k_;
  std::size_t most_;
  const Kernels& kernels_;
  float threshold_ = -std::numeric_limits<float>::infinity();
  bool failed_ = false;
  std::size_t size_ = 0;
  std::size_t limit_;
  std::vector<std::uint32_t> documents_;
  std::vector<float> uppers_;
  std::vector<float> floors_;
};

}  // namespace tenbin
