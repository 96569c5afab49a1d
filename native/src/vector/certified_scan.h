#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "vector/candidate_selection.h"
#include "vector/document_codes.h"
#include "vector/scan_target.h"
#include "vector/search_plan.h"

namespace tenbin {

/// Scans codes, and scores exactly every document that, by the bound of DocumentCodes, could be among the k best: what
/// it finds is what a scan of the documents finds. A query fails that leaves too many candidates, or for which what was
/// dropped cannot be proven to score less.
class CertifiedScan {
 public:
  /// Queries must be in the range where the bound holds.
  CertifiedScan(const ScanTarget& target, const DocumentCodes& codes);

  /// Hands the best keys of each query, best first, to `write(query, keys)`, on any thread; none for one that failed.
  void run(const std::function<void(std::size_t, std::vector<Key>&)>& write);

  bool failed(std::size_t query) const noexcept { return failed_[query]; }
  /// Documents whose embeddings were looked at.
  std::size_t scored() const noexcept { return scored_; }

 private:
  struct CodedQueries;
  CodedQueries encode(const SearchPart& part) const;
  std::vector<CandidateSelection> scan(const SearchPart& part) const;

  const ScanTarget& target_;
  const DocumentCodes& codes_;
  std::size_t most_candidates_;
  std::size_t queries_per_block_;
  std::vector<std::uint8_t> failed_;  // [queries]; bytes, for threads to write side by side
  std::size_t scored_ = 0;
};

}  // namespace tenbin
