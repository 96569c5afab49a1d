#pragma once

#include <cstdint>
#include <vector>

#include "gpu.h"

namespace tenbin {

/// Scans a slot for a block of queries, in slices.
///
/// The first slice cannot fill a query's candidates; what it leaves sets the threshold of the next, which is several
/// times larger, since most of its documents will not reach the threshold, and so on. When a slice brings a query more
/// candidates than there is room for, its threshold is raised by those that had room, and the slice is scanned again in
/// halves for that query alone: at the latest, the smallest cannot fill the room. A query fails when documents that can
/// still be among its k best take up half the room.
class SliceScan {
 public:
  /// @param thresholds [queries], NaN for queries to leave alone
  SliceScan(Gpu& gpu, const GpuRoom& room, std::vector<float> thresholds, const Cancellation& cancellation);

  /// Scans documents [0, size).
  /// @param seen documents whose scores the thresholds were set by
  void run(std::size_t size, std::size_t seen);

  bool failed(std::size_t query) const noexcept { return failed_[query]; }
  /// Candidates of the queries that have not failed.
  std::size_t candidates() const;

 private:
  void cover(std::size_t first, std::size_t last, const std::vector<std::uint32_t>& queries);

  Gpu& gpu_;
  std::size_t capacity_;
  std::size_t growth_;
  const Cancellation& cancellation_;
  std::vector<float> thresholds_;
  std::vector<bool> failed_;
  std::vector<std::uint32_t> kept_;
  std::vector<std::uint32_t> active_;
};

}  // namespace tenbin
