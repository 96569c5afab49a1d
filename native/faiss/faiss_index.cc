#include "faiss_index.h"

#include <faiss/AutoTune.h>
#include <faiss/IVFlib.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/impl/FaissException.h>
#include <faiss/index_factory.h>
#include <omp.h>

#include <algorithm>
#include <new>
#include <regex>
#include <utility>
#include <vector>

#include "faiss_file.h"
#include "faiss_message.h"

namespace tenbin {

namespace {

/// Multiply-adds of a scan between two looks at the cancellation: some tenths of a second.
constexpr std::size_t kBlockWork = std::size_t{1} << 36;
constexpr std::size_t kSmallestBlock = 64;  // below some twenty queries Faiss does not use its matrix product
constexpr std::size_t kLargestBlock = 4096;
constexpr std::size_t kBlockResults = std::size_t{1} << 22;
constexpr std::size_t kRowsPerAdd = 1024;

/// Runs `call`, making an InputError of what Faiss throws.
template <typename Call>
auto guarded(const std::string& what, Call call) {
  try {
    return call();
  } catch (const InputError&) {
    throw;
  } catch (const Cancelled&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError(what + faiss_message(error));
  }
}

/// OpenMP's setting belongs to the calling thread.
void use_threads(const Execution& execution) { omp_set_num_threads(static_cast<int>(execution.pool.size())); }

const faiss::Index* beneath_transform(const faiss::Index* index) {
  const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(index);
  return transform == nullptr ? index : beneath_transform(transform->index);
}

std::size_t clusters_of(const faiss::Index* index) {
  std::size_t clusters = 0;
  const auto* inner = beneath_transform(index);
  if (const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(inner)) clusters = ivf->nlist;
  if (const auto* pq = dynamic_cast<const faiss::IndexPQ*>(inner)) clusters = std::max(clusters, pq->pq.ksub);
  if (const auto* pq = dynamic_cast<const faiss::IndexIVFPQ*>(inner)) clusters = std::max(clusters, pq->pq.ksub);
  // A scalar quantizer or a rotation learns as much from as many rows.
  return clusters == 0 && !index->is_trained ? 256 : clusters;
}

/// Faiss warns of few training points on stderr, which is not ours to write to.
void silence(faiss::Index* index) {
  auto* inner = const_cast<faiss::Index*>(beneath_transform(index));
  if (auto* ivf = dynamic_cast<faiss::IndexIVF*>(inner)) ivf->cp.min_points_per_centroid = 1;
  if (auto* pq = dynamic_cast<faiss::IndexPQ*>(inner)) pq->pq.cp.min_points_per_centroid = 1;
  if (auto* pq = dynamic_cast<faiss::IndexIVFPQ*>(inner)) pq->pq.cp.min_points_per_centroid = 1;
}

/// Sets memory aside where this version of Faiss lets us, so that it does not double while documents are added.
template <typename Codes>
void reserve(Codes& codes, std::size_t bytes) {
  if constexpr (requires { codes.reserve(bytes); }) codes.reserve(bytes);
}

/// Moves the valid entries of a row to its front. Returns how many there are.
std::uint32_t keep_valid(const faiss::Index& index, std::span<const std::int64_t> found, std::span<float> scores,
                         std::span<std::uint32_t> indices) {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] < 0 || found[i] >= index.ntotal) continue;
    indices[count] = static_cast<std::uint32_t>(found[i]);
    scores[count] = scores[i];
    ++count;
  }
  return count;
}

}  // namespace

FaissIndex::FaissIndex(std::unique_ptr<faiss::Index> index) : index_(std::move(index)) { silence(index_.get()); }

FaissIndex FaissIndex::make(std::size_t dimension, const std::string& factory, std::size_t expected) {
  // Faiss divides by such a number, or loops for ever.
  static const std::regex impossible(R"((^|[^0-9])0+([^0-9]|$)|\d{10}|HNSW0*1([^0-9]|$))");
  if (std::regex_search(factory, impossible)) {
    throw InputError("factory: \"" + factory + "\" holds a number that is out of range");
  }
  return guarded("factory: ", [&] {
    FaissIndex index(std::unique_ptr<faiss::Index>(
        faiss::index_factory(static_cast<int>(dimension), factory.c_str(), faiss::METRIC_INNER_PRODUCT)));
    if (auto* flat = dynamic_cast<faiss::IndexFlat*>(index.index_.get())) {
      reserve(flat->codes, expected * dimension * sizeof(float));
    }
    return index;
  });
}

FaissIndex FaissIndex::load(const std::string& path, const Execution& execution) {
  auto index = read_faiss_file(path, execution);
  if (index->metric_type != faiss::METRIC_INNER_PRODUCT) {
    throw InputError(path + ": the index is not by inner product");
  }
  return FaissIndex(std::move(index));
}

FaissFacts FaissIndex::facts() const {
  const std::lock_guard lock(*busy_);
  return {static_cast<std::size_t>(index_->ntotal),
          dimension(),
          index_->is_trained,
          dynamic_cast<const faiss::IndexFlat*>(index_.get()) != nullptr,
          clusters_of(index_.get()),
          on_gpus_ == nullptr ? 0 : on_gpus_->gpus()};
}

void FaissIndex::train(const Matrix& rows, const Execution& execution) {
  const std::lock_guard lock(*busy_);
  execution.cancellation.check();
  use_threads(execution);
  on_gpus_.reset();
  guarded("training: ", [&] { index_->train(static_cast<std::int64_t>(rows.count), rows.data.data()); });
}

void FaissIndex::add(const Matrix& rows, const Execution& execution) {
  const std::lock_guard lock(*busy_);
  use_threads(execution);
  if (!index_->is_trained) throw InputError("the index must be trained before documents are added");
  on_gpus_.reset();
  for (std::size_t start = 0; start < rows.count; start += kRowsPerAdd) {
    execution.cancellation.check();
    const std::size_t count = std::min(kRowsPerAdd, rows.count - start);
    guarded("documents: ", [&] { index_->add(static_cast<std::int64_t>(count), rows.row(start)); });
  }
}

void FaissIndex::set_parameters(const std::string& parameters) {
  static const std::regex impossible(R"([=](0+|-.*|\d{10}.*)(,|$))");
  if (std::regex_search(parameters, impossible)) {
    throw InputError("parameters: \"" + parameters + "\" holds a number that is out of range");
  }
  const std::lock_guard lock(*busy_);
  on_gpus_.reset();
  guarded("parameters: ", [&] { faiss::ParameterSpace().set_index_parameters(index_.get(), parameters.c_str()); });
}

void FaissIndex::use_gpus() {
  const std::lock_guard lock(*busy_);
  on_gpus_.reset();  // its memory is needed for the new copy
  if (index_->is_trained && index_->ntotal > 0) on_gpus_ = copy_to_gpus(*index_);
}

bool FaissIndex::search_on_gpus(std::int64_t count, const float* queries, std::int64_t k, float* scores,
                                std::int64_t* found) const {
  if (on_gpus_ == nullptr) return false;
  try {
    on_gpus_->index().search(count, queries, k, scores, found);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void FaissIndex::search(const Matrix& queries, const TopK& out, const Execution& execution) const {
  const std::lock_guard lock(*busy_);
  use_threads(execution);
  if (!index_->is_trained || index_->ntotal == 0 || out.k == 0) {
    std::fill(out.counts.begin(), out.counts.end(), 0);
    return;
  }
  const std::size_t scan = static_cast<std::size_t>(index_->ntotal) * dimension();
  const std::size_t by_work = std::clamp(kBlockWork / scan, kSmallestBlock, kLargestBlock);
  const std::size_t block = std::max<std::size_t>(1, std::min(by_work, kBlockResults / out.k));
  std::vector<std::int64_t> found(std::min(block, queries.count) * out.k);
  for (std::size_t start = 0; start < queries.count; start += block) {
    execution.cancellation.check();
    const std::size_t count = std::min(block, queries.count - start);
    guarded("search: ", [&] {
      const auto rows = static_cast<std::int64_t>(count);
      const auto k = static_cast<std::int64_t>(out.k);
      float* scores = out.scores.data() + start * out.k;
      if (search_on_gpus(rows, queries.row(start), k, scores, found.data())) return;
      index_->search(rows, queries.row(start), k, scores, found.data());
    });
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = (start + i) * out.k;
      out.counts[start + i] = keep_valid(*index_, std::span(found).subspan(i * out.k, out.k),
                                         out.scores.subspan(at, out.k), out.indices.subspan(at, out.k));
    }
  }
}

void FaissIndex::save(const std::string& path, const Execution& execution) const {
  const std::lock_guard lock(*busy_);
  write_faiss_file(*index_, path, execution.cancellation);
}

}  // namespace tenbin
