#include "gpu_index.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include "tenbin/errors.h"
#include "vector/norms.h"

namespace tenbin {

namespace {

/// Calls body(i) for each i in [0, count), each on a thread of its own, as a call for a GPU mostly waits. Rethrows the
/// first exception when all have ended.
template <typename Body>
void on_each(std::size_t count, const Body& body) {
  std::vector<std::exception_ptr> errors(count);
  const auto guarded = [&](std::size_t i) {
    try {
      body(i);
    } catch (...) {
      errors[i] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < count; ++i) threads.emplace_back(guarded, i);
    guarded(0);
  }
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

/// Rows of `matrix`, copied one behind the other.
std::vector<float> gather(const Matrix& matrix, const std::vector<std::size_t>& rows) {
  std::vector<float> values;
  values.reserve(rows.size() * matrix.dimension);
  for (const std::size_t row : rows) values.insert(values.end(), matrix.row(row), matrix.row(row) + matrix.dimension);
  return values;
}

/// The k best of all shards for a query, best first.
std::vector<Key> merged(const std::vector<ShardResult>& results, std::size_t query, std::size_t k) {
  std::vector<Key> keys;
  for (const ShardResult& result : results) {
    const auto row = result.best.begin() + static_cast<std::ptrdiff_t>(query * k);
    keys.insert(keys.end(), row, std::find(row, row + static_cast<std::ptrdiff_t>(k), Key{0}));
  }
  if (results.size() > 1) std::sort(keys.begin(), keys.end(), std::greater<>());
  keys.resize(std::min(keys.size(), k));
  return keys;
}

}  // namespace

GpuIndex GpuIndex::create(const Matrix& documents, Metric metric, std::span<const std::uint32_t> tie_ranks,
                          std::vector<std::unique_ptr<Gpu>> gpus, const ShardOptions& options,
                          const Execution& execution) {
  GpuIndex index(VectorIndex::create(documents, metric, tie_ranks, Scan::kFloat32, execution));
  index.ties_ = std::make_unique<TieOrder>(tie_ranks);
  index.minus_mean_ = minus_code_mean(documents, metric, execution);
  index.shards_.resize(gpus.size());
  const std::size_t share = (documents.count + gpus.size() - 1) / gpus.size();
  on_each(gpus.size(), [&](std::size_t i) {
    const std::size_t first = std::min(i * share, documents.count);
    const std::size_t count = std::min(share, documents.count - first);
    const std::size_t dimension = documents.dimension;
    index.shards_[i] = std::make_unique<GpuShard>(
        std::move(gpus[i]), Matrix{documents.data.subspan(first * dimension, count * dimension), count, dimension},
        index.ties_->ranks().subspan(first, count), metric, index.minus_mean_, options, execution.cancellation);
  });
  return index;
}

std::vector<ShardResult> GpuIndex::search_shards(const QueryBlock& queries, std::size_t k,
                                                 const Cancellation& cancellation) const {
  std::vector<ShardResult> results(shards_.size());
  const std::lock_guard lock(*busy_);
  on_each(shards_.size(), [&](std::size_t i) { results[i] = shards_[i]->search(queries, k, cancellation); });
  return results;
}

SearchReport GpuIndex::search(const Matrix& queries, const Subset& subset, const TopK& out,
                              const Execution& execution) const {
  const bool fits = queries.dimension == dimension() && queries.count > 0 && size() > 0 && out.k > 0 && out.k <= size();
  // The core explains what does not fit.
  if (!fits || !subset.all()) return core_.search(queries, subset, out, execution);
  check_top_k(out, queries.count, size());
  const std::vector<double> norms = checked_norms("queries", queries, execution);
  std::vector<std::size_t> scanned;
  std::vector<std::size_t> rest;
  const bool has_room =
      std::all_of(shards_.begin(), shards_.end(), [&](const auto& shard) { return shard->has_room(out.k); });
  for (std::size_t q = 0; q < queries.count; ++q) (has_room && in_scan_range(norms[q]) ? scanned : rest).push_back(q);

  SearchReport report;
  if (!scanned.empty()) {
    const bool all = rest.empty();
    const std::vector<float> gathered = all ? std::vector<float>() : gather(queries, scanned);
    std::vector<double> scanned_norms;
    for (const std::size_t q : scanned) scanned_norms.push_back(norms[q]);
    const Matrix rows = all ? queries : Matrix{gathered, scanned.size(), queries.dimension};
    const QueryBlock block(rows, scanned_norms, core_.metric(), minus_mean_, execution);
    const auto results = search_shards(block, out.k, execution.cancellation);
    for (const ShardResult& result : results) report.scored += result.scored;
    for (std::size_t i = 0; i < scanned.size(); ++i) {
      const bool failed = std::any_of(results.begin(), results.end(), [i](const auto& r) { return r.failed[i]; });
      if (failed) {
        rest.push_back(scanned[i]);
      } else {
        write_row(out, scanned[i], merged(results, i, out.k), *ties_);
      }
    }
  }
  if (rest.empty()) return report;

  const std::vector<float> gathered = gather(queries, rest);
  std::vector<std::uint32_t> indices(rest.size() * out.k);
  std::vector<float> scores(rest.size() * out.k);
  std::vector<std::uint32_t> counts(rest.size());
  core_.search({gathered, rest.size(), queries.dimension}, {}, {out.k, indices, scores, counts}, execution);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    std::copy_n(indices.begin() + static_cast<std::ptrdiff_t>(i * out.k), out.k, &out.indices[rest[i] * out.k]);
    std::copy_n(scores.begin() + static_cast<std::ptrdiff_t>(i * out.k), out.k, &out.scores[rest[i] * out.k]);
    out.counts[rest[i]] = counts[i];
  }
  report.fallbacks = rest.size();
  return report;
}

}  // namespace tenbin
