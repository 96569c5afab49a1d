#pragma once

#include <atomic>
#include <memory>
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

  SearchPlan plan() const;

  /// Best keys of each query of the part, best first; none for one that failed.
  std::vector<std::vector<Key>> run(const SearchPart& part);

  bool failed(std::size_t query) const noexcept { return failed_[query].load(std::memory_order_relaxed); }
  /// Documents whose embeddings were looked at.
  std::size_t scored() const noexcept { return scored_.load(std::memory_order_relaxed); }

 private:
  struct CodedQueries;
  CodedQueries encode(const SearchPart& part) const;
  std::vector<CandidateSelection> scan(const SearchPart& part, const CodedQueries& queries) const;
  std::vector<std::vector<Key>> score(const SearchPart& part, std::vector<CandidateSelection>& selections);

  const ScanTarget& target_;
  const DocumentCodes& codes_;
  std::size_t most_candidates_;
  std::unique_ptr<std::atomic<bool>[]> failed_;  // [queries]
  std::atomic<std::size_t> scored_ = 0;
};

}  // namespace tenbin
