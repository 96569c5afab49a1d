#include "slice_scan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tenbin {

namespace {

/// A slice is so many times what was seen before. In random order it brings that many times k candidates, and as many
/// again, or a few times as many, that the bounds cannot tell from them.
std::size_t growth_of(const GpuRoom& room) { return std::clamp<std::size_t>(room.capacity / (4 * room.k), 2, 8); }

}  // namespace

SliceScan::SliceScan(Gpu& gpu, const GpuRoom& room, std::vector<float> thresholds, const Cancellation& cancellation)
    : gpu_(gpu),
      capacity_(room.capacity),
      growth_(growth_of(room)),
      cancellation_(cancellation),
      thresholds_(std::move(thresholds)),
      failed_(thresholds_.size()),
      kept_(thresholds_.size()) {
  for (std::uint32_t q = 0; q < thresholds_.size(); ++q) {
    if (!std::isnan(thresholds_[q])) active_.push_back(q);
  }
}

void SliceScan::run(std::size_t size, std::size_t seen) {
  const std::size_t smallest = std::max<std::size_t>(1, capacity_ / 2);
  for (std::size_t first = 0; first < size && !active_.empty();) {
    const std::size_t slice = std::max(smallest, growth_ * (seen + first));
    const std::size_t last = first + std::min(slice, size - first);
    cover(first, last, active_);
    std::erase_if(active_, [this](std::uint32_t q) { return failed_[q]; });
    first = last;
  }
}

void SliceScan::cover(std::size_t first, std::size_t last, const std::vector<std::uint32_t>& queries) {
  cancellation_.check();
  std::vector<float> thresholds(thresholds_.size(), std::numeric_limits<float>::quiet_NaN());
  bool any = false;
  for (const std::uint32_t q : queries) {
    if (failed_[q]) continue;
    thresholds[q] = thresholds_[q];
    any = true;
  }
  if (!any) return;
  std::vector<std::uint32_t> reached(thresholds_.size());
  std::vector<std::uint32_t> kept(thresholds_.size());
  gpu_.scan(first, last, thresholds, reached, kept);
  std::vector<std::uint32_t> again;
  for (const std::uint32_t q : queries) {
    if (failed_[q]) continue;
    thresholds_[q] = thresholds[q];
    kept_[q] = kept[q];
    failed_[q] = kept[q] > capacity_ / 2;
    if (!failed_[q] && reached[q] > capacity_) again.push_back(q);
  }
  if (again.empty()) return;
  const std::size_t middle = first + (last - first + 1) / 2;
  cover(first, middle, again);
  cover(middle, last, again);
}

std::size_t SliceScan::candidates() const {
  std::size_t sum = 0;
  for (std::size_t q = 0; q < kept_.size(); ++q) {
    if (!failed_[q]) sum += kept_[q];
  }
  return sum;
}

}  // namespace tenbin
