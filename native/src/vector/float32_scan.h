#pragma once

#include <vector>

#include "vector/scan_target.h"
#include "vector/search_plan.h"

namespace tenbin {

/// Scans the documents themselves, in float32, scoring exactly those that a rounding could have kept out of the k best.
class Float32Scan {
 public:
  explicit Float32Scan(const ScanTarget& target) : target_(target) {}

  SearchPlan plan() const;

  /// Best keys of each query of the part, best first.
  std::vector<std::vector<Key>> run(const SearchPart& part) const;

 private:
  const ScanTarget& target_;
};

}  // namespace tenbin
