#pragma once

#include <functional>
#include <vector>

#include "vector/scan_target.h"
#include "vector/search_plan.h"

namespace tenbin {

/// Scans the documents themselves, in float32, scoring exactly those that a rounding could have kept out of the k best.
class Float32Scan {
 public:
  explicit Float32Scan(const ScanTarget& target) : target_(target) {}

  /// Hands the best keys of each query, best first, to `write(query, keys)`, on any thread.
  void run(const std::function<void(std::size_t, std::vector<Key>&)>& write) const;

 private:
  std::vector<QuerySelection> scan(const SearchPart& part) const;

  const ScanTarget& target_;
};

}  // namespace tenbin
