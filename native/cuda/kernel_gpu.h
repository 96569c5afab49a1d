#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "code_tiles.h"
#include "document_kernels.h"
#include "gpu.h"
#include "gpu_arrays.h"
#include "scan_kernel.h"
#include "selection_kernels.h"
#include "warpgroup_scan_kernel.h"

namespace tenbin {

/// Scans with the kernel for the machine.
template <typename Machine>
void launch_scan(Machine& machine, const ScanArguments& arguments) {
  if (machine.has_warpgroups()) {
    machine.launch(Machine::kSearch, warpgroup_scan_kernel, std::min(turns_of(arguments), machine.multiprocessors()),
                   kTurnThreads, kTurnSharedBytes, arguments);
  } else {
    machine.launch(Machine::kSearch, scan_kernel, scan_blocks(arguments), kScanThreads, kScanSharedBytes, arguments);
  }
}

/// A GPU made of the kernels and of a Machine, which has memory and runs them: CUDA's (cuda_machine.h), or the tests'
/// emulation. Machine::Array<T> is memory of the machine's, freed with it; the two Machine::Stream are orders of work.
template <typename Machine>
class KernelGpu : public Gpu {
 public:
  template <typename... Arguments>
  explicit KernelGpu(Arguments&&... arguments) : machine_(std::forward<Arguments>(arguments)...) {}

  std::size_t free_bytes() const override { return machine_.free_bytes(); }

  void hold(const GpuDocuments& documents) override {
    dimension_ = static_cast<std::uint32_t>(documents.dimension);
    padded_ = static_cast<std::uint32_t>(padded_dimension(documents.dimension));
    cosine_ = documents.metric == Metric::kCosine;
    slots_.clear();
    for (std::size_t i = 0; i < documents.slots; ++i) {
      slots_.emplace_back(machine_, documents.slot_size, dimension_, padded_);
    }
    minus_mean_ = machine_.template allocate<float>(dimension_);
    machine_.upload(Machine::kSearch, minus_mean_.get(), documents.minus_mean.data(), dimension_);
    machine_.wait(Machine::kSearch);
  }

  void upload(std::size_t slot, std::size_t at, const Matrix& rows, std::span<const std::uint32_t> ranks) override {
    const SlotArrays<Machine>& s = slots_[slot];
    machine_.upload(Machine::kUpload, s.rows.get() + at * dimension_, rows.data.data(), rows.count * dimension_);
    machine_.upload(Machine::kUpload, s.ranks.get() + at, ranks.data(), rows.count);
    const auto count = static_cast<std::uint32_t>(rows.count);
    machine_.launch(Machine::kUpload, encode_kernel, blocks(count, kRowsPerBlock), kRowThreads, 0,
                    EncodeArguments{.rows = s.rows.get(),
                                    .minus_mean = minus_mean_.get(),
                                    .codes = s.codes.get(),
                                    .exact_norms = s.exact_norms.get(),
                                    .residuals = s.residuals.get(),
                                    .norms = s.norms.get(),
                                    .first = static_cast<std::uint32_t>(at),
                                    .count = count,
                                    .dimension = dimension_,
                                    .tiles = tiles(),
                                    .cosine = cosine_});
    machine_.wait(Machine::kUpload);
  }

  void begin(std::size_t slot, const GpuQueries& queries, const GpuRoom& room) override {
    slot_ = &slots_[slot];
    room_ = room;
    query_count_ = static_cast<std::uint32_t>(queries.count);
    if (!search_.has_room(queries.count, room)) {
      search_ = {};  // freed before as much is allocated anew
      search_ = SearchArrays<Machine>(machine_, queries.count, room, dimension_, padded_);
    }
    const auto send = [&](auto& to, const auto* from, std::size_t count) {
      machine_.upload(Machine::kSearch, to.get(), from, count);
    };
    send(search_.values, queries.values, queries.count * dimension_);
    send(search_.code_rows, queries.codes, queries.count * padded_);
    send(search_.query_norms, queries.norms, queries.count);
    send(search_.by_residual, queries.by_residual, queries.count);
    send(search_.by_norm, queries.by_norm, queries.count);
    send(search_.slack, queries.slack, queries.count);
    machine_.launch(
        Machine::kSearch, arrange_kernel, blocks(query_count_, kRowsArranged), kArrangeThreads, 0,
        ArrangeArguments{
            .rows = search_.code_rows.get(), .codes = search_.codes.get(), .count = query_count_, .tiles = tiles()});
    machine_.fill_zero(Machine::kSearch, search_.counts.get(), queries.count);
    machine_.fill_zero(Machine::kSearch, search_.kept.get(), queries.count);
    machine_.wait(Machine::kSearch);
  }

  void scan(std::size_t first, std::size_t last, std::span<float> thresholds, std::span<std::uint32_t> reached,
            std::span<std::uint32_t> kept) override {
    machine_.upload(Machine::kSearch, search_.thresholds.get(), thresholds.data(), query_count_);
    launch_scan(machine_, ScanArguments{.queries = search_.codes.get(),
                                        .documents = slot_->codes.get(),
                                        .residuals = slot_->residuals.get(),
                                        .norms = slot_->norms.get(),
                                        .by_residual = search_.by_residual.get(),
                                        .by_norm = search_.by_norm.get(),
                                        .slack = search_.slack.get(),
                                        .thresholds = search_.thresholds.get(),
                                        .candidates = candidates(),
                                        .tiles = tiles(),
                                        .query_count = query_count_,
                                        .first = static_cast<std::uint32_t>(first),
                                        .last = static_cast<std::uint32_t>(last)});
    machine_.launch(Machine::kSearch, prune_kernel, query_count_, kSelectionThreads, kPruneSharedBytes,
                    PruneArguments{.candidates = candidates(),
                                   .thresholds = search_.thresholds.get(),
                                   .reached = search_.reached.get(),
                                   .kept = search_.kept.get(),
                                   .k = static_cast<std::uint32_t>(room_.k)});
    machine_.download(Machine::kSearch, thresholds.data(), search_.thresholds.get(), query_count_);
    machine_.download(Machine::kSearch, reached.data(), search_.reached.get(), query_count_);
    machine_.download(Machine::kSearch, kept.data(), search_.kept.get(), query_count_);
    machine_.wait(Machine::kSearch);
  }

  void rescore(std::span<Key> best) override {
    std::vector<std::uint32_t> counts(query_count_);
    machine_.download(Machine::kSearch, counts.data(), search_.kept.get(), query_count_);
    machine_.upload(Machine::kSearch, search_.before.get(), best.data(), best.size());
    machine_.fill_zero(Machine::kSearch, search_.best.get(), best.size());
    machine_.wait(Machine::kSearch);
    const auto k = static_cast<std::uint32_t>(room_.k);
    const auto capacity = static_cast<std::uint32_t>(room_.capacity);
    const std::uint32_t per_query = blocks(*std::max_element(counts.begin(), counts.end()), kRowsPerBlock);
    if (per_query > 0) {
      machine_.launch(Machine::kSearch, rescore_kernel, query_count_ * per_query, kRowThreads, 0,
                      RescoreArguments{.queries = search_.values.get(),
                                       .query_norms = search_.query_norms.get(),
                                       .rows = slot_->rows.get(),
                                       .exact_norms = slot_->exact_norms.get(),
                                       .ranks = slot_->ranks.get(),
                                       .documents = search_.documents.get(),
                                       .counts = search_.kept.get(),
                                       .keys = search_.keys.get(),
                                       .capacity = capacity,
                                       .dimension = dimension_,
                                       .blocks_per_query = per_query,
                                       .cosine = cosine_});
    }
    machine_.launch(Machine::kSearch, rank_kernel, query_count_, kSelectionThreads, 0,
                    RankArguments{.keys = search_.keys.get(),
                                  .counts = search_.kept.get(),
                                  .before = search_.before.get(),
                                  .best = search_.best.get(),
                                  .capacity = capacity,
                                  .k = k});
    machine_.download(Machine::kSearch, best.data(), search_.best.get(), best.size());
    machine_.wait(Machine::kSearch);
  }

 private:
  static std::uint32_t blocks(std::uint32_t count, std::uint32_t size) { return count / size + (count % size != 0); }

  std::uint32_t tiles() const { return padded_ / kTileDimensions; }

  Candidates candidates() {
    return {search_.documents.get(), search_.upper.get(), search_.lower.get(), search_.counts.get(),
            static_cast<std::uint32_t>(room_.capacity)};
  }

  Machine machine_;
  std::uint32_t dimension_ = 0;
  std::uint32_t padded_ = 0;
  bool cosine_ = false;
  std::vector<SlotArrays<Machine>> slots_;
  typename Machine::template Array<float> minus_mean_;
  const SlotArrays<Machine>* slot_ = nullptr;
  GpuRoom room_{};
  std::uint32_t query_count_ = 0;
  SearchArrays<Machine> search_;
};

}  // namespace tenbin
