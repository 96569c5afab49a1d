#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "vector/document_codes.h"
#include "vector/scan_target.h"

namespace tenbin {

/// The documents that can still be among a query's k best while codes are scanned: each has an upper and a lower bound
/// of its score, and those whose upper bound is below the k-th largest lower bound are dropped. finish() scores the
/// rest, the most promising first, until no other can reach the k-th best: in float32, and what that leaves exactly.
class CandidateSelection {
 public:
  /// @param most more candidates than this fail: a scan in float32 is cheaper then.
  CandidateSelection(const QueryCodes& query, std::size_t k, std::size_t most);

  /// A document's upper bound must reach this to be offered.
  float threshold() const noexcept { return threshold_; }
  bool failed() const noexcept { return failed_; }

  /// @param scanned the document's scanned score
  void offer(double scanned, double width, std::uint32_t document);

  /// Best first, at most k. `scored` is increased by the number of documents whose embeddings were looked at.
  std::vector<Key> finish(const Query& query, const ScanTarget& target, std::size_t& scored);

 private:
  struct Candidate {
    float upper;
    float lower;
    std::uint32_t document;
  };

  void drop_hopeless();

  const QueryCodes& query_;
  std::size_t k_;
  std::size_t most_;
  std::size_t limit_;
  float threshold_ = -std::numeric_limits<float>::infinity();
  bool failed_ = false;
  std::vector<Candidate> candidates_;
};

}  // namespace tenbin
