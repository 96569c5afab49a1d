#pragma once

#include <faiss/Index.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "faiss_gpu.h"
#include "tenbin/top_k.h"
#include "tenbin/vector_index.h"

namespace tenbin {

struct FaissFacts {
  std::size_t size;
  std::size_t dimension;
  bool trained;
  /// An exhaustive float32 scan: IndexFlat.
  bool flat;
  /// Clusters that training looks for, at most: lists of an inverted file, or centroids of a product quantizer. 0 when
  /// there is nothing to train.
  std::size_t clusters;
  /// GPUs that answer searches; 0 when the CPU does.
  int gpus;
};

/// A Faiss index by inner product. One call at a time: others wait for it. Faiss's own threads do the work, as many as
/// the pool has. What Faiss does not like is thrown as InputError, one line.
class FaissIndex {
 public:
  /// An empty index.
  /// @param factory Faiss's description: "Flat", "HNSW32", "IVF256,Flat", ...
  /// @param expected documents that memory is set aside for
  static FaissIndex make(std::size_t dimension, const std::string& factory, std::size_t expected);
  /// See `read_faiss_file`.
  static FaissIndex load(const std::string& path, const Execution& execution);

  std::size_t dimension() const noexcept { return static_cast<std::size_t>(index_->d); }

  FaissFacts facts() const;
  /// @param rows of `dimension()`, as everywhere here. Cannot be cancelled once it runs.
  void train(const Matrix& rows, const Execution& execution);
  void add(const Matrix& rows, const Execution& execution);
  /// @param parameters as faiss::ParameterSpace takes them: "nprobe=8", "efSearch=64"
  void set_parameters(const std::string& parameters);
  /// From now on, until the index is changed, GPUs answer searches if there are any for such an index. What they
  /// refuse, as k above 2,048, the CPU answers as before.
  void use_gpus();
  /// Rows of `out` may hold fewer than k, of descending score; the order of equal ones is Faiss's.
  void search(const Matrix& queries, const TopK& out, const Execution& execution) const;
  void save(const std::string& path, const Execution& execution) const;

 private:
  explicit FaissIndex(std::unique_ptr<faiss::Index> index);
  /// @returns whether there is an answer
  bool search_on_gpus(std::int64_t count, const float* queries, std::int64_t k, float* scores,
                      std::int64_t* found) const;

  std::unique_ptr<faiss::Index> index_;
  std::unique_ptr<FaissGpuCopy> on_gpus_;
  std::unique_ptr<std::mutex> busy_ = std::make_unique<std::mutex>();
};

}  // namespace tenbin
