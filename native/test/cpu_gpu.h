#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "cuda/code_bounds.h"
#include "cuda/gpu.h"
#include "kernels/kernels.h"
#include "tenbin/isa.h"

/// A Gpu in plain loops, to test the host's side with: what is scanned is as far from the exact score as the bounds
/// allow, in a direction that changes from document to document.
class CpuGpu : public tenbin::Gpu {
 public:
  using Hook = std::function<void(const std::string& call)>;

  /// @param hook is told of each call before it is done, and may throw
  explicit CpuGpu(
      std::size_t bytes, Hook hook = [](const std::string&) {})
      : bytes_(bytes), hook_(std::move(hook)) {}

  std::size_t free_bytes() const override { return bytes_; }

  void hold(const tenbin::GpuDocuments& documents) override {
    hook_("hold");
    documents_ = documents;
    slots_.assign(documents.slots, Slot{std::vector<float>(documents.slot_size * documents.dimension),
                                        std::vector<std::uint32_t>(documents.slot_size)});
  }

  void upload(std::size_t slot, std::size_t at, const tenbin::Matrix& rows,
              std::span<const std::uint32_t> ranks) override {
    hook_("upload");
    std::copy(rows.data.begin(), rows.data.end(), slots_.at(slot).rows.begin() + at * rows.dimension);
    std::copy(ranks.begin(), ranks.end(), slots_[slot].ranks.begin() + at);
  }

  void begin(std::size_t slot, const tenbin::GpuQueries& queries, const tenbin::GpuRoom& room) override {
    hook_("begin");
    slot_ = &slots_.at(slot);
    queries_ = queries;
    room_ = room;
    candidates_.assign(queries.count, {});
  }

  void scan(std::size_t first, std::size_t last, std::span<float> thresholds, std::span<std::uint32_t> reached,
            std::span<std::uint32_t> kept) override {
    hook_("scan");
    for (std::size_t q = 0; q < queries_.count; ++q) {
      if (std::isnan(thresholds[q])) continue;
      auto& list = candidates_[q];
      const std::size_t before = list.size();
      std::size_t count = before;
      for (std::size_t d = first; d < last; ++d) {
        const Candidate c = scanned(q, static_cast<std::uint32_t>(d));
        if (c.upper < thresholds[q]) continue;
        if (count++ < room_.capacity) list.push_back(c);
      }
      if (list.size() >= room_.k) {
        std::vector<float> lower;
        for (const Candidate& c : list) lower.push_back(c.lower);
        std::sort(lower.begin(), lower.end(), std::greater<>());
        thresholds[q] = std::max(thresholds[q], lower[room_.k - 1]);
      }
      if (count > room_.capacity) list.resize(before);
      std::erase_if(list, [&](const Candidate& c) { return c.upper < thresholds[q]; });
      reached[q] = static_cast<std::uint32_t>(count);
      kept[q] = static_cast<std::uint32_t>(list.size());
    }
  }

  void rescore(std::span<tenbin::Key> best) override {
    hook_("rescore");
    for (std::size_t q = 0; q < queries_.count; ++q) {
      const auto row = best.subspan(q * room_.k, room_.k);
      std::vector<tenbin::Key> keys(row.begin(), row.end());
      for (const Candidate& c : candidates_[q]) {
        keys.push_back(tenbin::make_key(static_cast<float>(exact(q, c.document)), slot_->ranks[c.document]));
      }
      std::sort(keys.begin(), keys.end(), std::greater<>());
      std::copy_n(keys.begin(), room_.k, row.begin());
    }
  }

 private:
  struct Slot {
    std::vector<float> rows;
    std::vector<std::uint32_t> ranks;
  };
  struct Candidate {
    std::uint32_t document;
    float upper;
    float lower;
  };

  double dot(const float* a, const float* b) const {
    constexpr std::uint32_t kOnly = 0;
    double dot = 0;
    tenbin::kernels_for(tenbin::usable_isas().back()).dot_exact(a, b, documents_.dimension, &kOnly, 1, &dot);
    return dot;
  }

  double exact(std::size_t q, std::uint32_t document) const {
    const float* row = slot_->rows.data() + document * documents_.dimension;
    const double product = dot(queries_.values + q * documents_.dimension, row);
    if (documents_.metric == tenbin::Metric::kDot) return product;
    const double norms = queries_.norms[q] * std::sqrt(dot(row, row));
    return norms > 0 ? product / norms : 0;
  }

  Candidate scanned(std::size_t q, std::uint32_t document) const {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const std::size_t dimension = documents_.dimension;
    const float* row = slot_->rows.data() + document * dimension;
    const double norm = std::sqrt(dot(row, row));
    const bool in_range = norm >= tenbin::kSmallestNorm && norm <= tenbin::kLargestNorm;
    if (!in_range && norm != 0) return {document, kInfinity, -kInfinity};
    const double factor = norm == 0 ? 0 : documents_.metric == tenbin::Metric::kCosine ? 1 / norm : 1;
    double score = 0;
    double length = 0;
    for (std::size_t i = 0; i < dimension; ++i) {
      const double y = static_cast<double>(row[i]) * factor + static_cast<double>(documents_.minus_mean[i]);
      score += y * static_cast<double>(queries_.values[q * dimension + i]) / queries_.norms[q];
      length += y * y;
    }
    length = std::sqrt(length);
    // As if the code missed what bfloat16 may: half a unit of its last of 8 bits.
    const double width = length * 0x1p-9 * static_cast<double>(queries_.by_residual[q]) +
                         length * static_cast<double>(queries_.by_norm[q]) + static_cast<double>(queries_.slack[q]);
    const double error = (document % 3 == 0 ? -1 : document % 3 == 1 ? 1 : 0) * width * 0.999;
    return {document, static_cast<float>(score + error + width), static_cast<float>(score + error - width)};
  }

  std::size_t bytes_;
  Hook hook_;
  tenbin::GpuDocuments documents_{};
  std::vector<Slot> slots_;
  Slot* slot_ = nullptr;
  tenbin::GpuQueries queries_{};
  tenbin::GpuRoom room_{};
  std::vector<std::vector<Candidate>> candidates_;
};
