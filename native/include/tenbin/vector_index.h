#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tenbin/subset.h"
#include "tenbin/top_k.h"

namespace tenbin {

enum class Metric { kCosine, kDot };

/// Row-major [count, dimension] float32.
struct Matrix {
  std::span<const float> data;
  std::size_t count;
  std::size_t dimension;

  const float* row(std::size_t i) const noexcept { return data.data() + i * dimension; }
};

/// What proposes the documents that are scored exactly: int8 codes, a quarter of the embeddings' memory beside them, or
/// the embeddings themselves, which are also scanned where the processor has no fast products of codes.
enum class Scan { kCodes, kFloat32 };

/// How a search went.
struct SearchReport {
  /// Queries that the codes' bound left too many candidates for, or did not hold for: they were scanned in float32.
  std::size_t fallbacks = 0;
  /// Documents scored exactly in the place of a scan, all queries together; not those of fallbacks.
  std::size_t scored = 0;
};

class DocumentCodes;
class MappedFile;

/// Exact top-k over all documents ("flat").
///
/// A score is dot(q, x) [/ (|q| |x|)] with DotExact's sums in float64, rounded once to float32; a zero vector scores 0
/// by cosine. Only these scores are compared, so results are the same on every instruction set and thread count. They
/// are found by a scan that keeps each document which, by a proven bound on its error, could still belong to the k
/// best: of codes (document_codes.h), or in float32 by the bound on a dot product (Higham, Accuracy and Stability of
/// Numerical Algorithms, 3.1).
class VectorIndex {
 public:
  /// Reads `documents` here and at each search; does not copy them. The caller keeps them alive and unchanged.
  /// @param tie_ranks see TieOrder; one rank a document.
  /// Throws InputError when sizes do not agree or a component is NaN or infinite, naming row and dimension.
  static VectorIndex create(const Matrix& documents, Metric metric, std::span<const std::uint32_t> tie_ranks, Scan scan,
                            const Execution& execution);
  /// The same for documents that lie in a file, row behind row from byte `offset` to its end, in this machine's byte
  /// order. The file is mapped: memory is that of the index and a few blocks of the file. See MappedFile for what must
  /// not be done to it. Throws InputError, naming the path, also when it cannot be mapped or is of another size.
  static VectorIndex open(const std::string& path, std::uint64_t offset, std::size_t count, std::size_t dimension,
                          Metric metric, std::span<const std::uint32_t> tie_ranks, Scan scan,
                          const Execution& execution);
  ~VectorIndex();
  VectorIndex(VectorIndex&&) noexcept;
  VectorIndex& operator=(VectorIndex&&) noexcept;

  /// Top k by score, then tie rank; counts[q] = min(k, documents allowed). Throws InputError for queries of another
  /// dimension, with a NaN or infinite component, a subset that does not fit, or an `out` of the wrong size; Cancelled
  /// when cancelled.
  SearchReport search(const Matrix& queries, const Subset& subset, const TopK& out, const Execution& execution) const;

  std::size_t size() const noexcept { return documents_.count; }
  std::size_t dimension() const noexcept { return documents_.dimension; }
  Metric metric() const noexcept { return metric_; }
  /// Documents whose components are all zero.
  std::size_t zero_vectors() const noexcept { return zero_vectors_; }
  /// Bytes of memory that the index owns: not the documents.
  std::size_t size_bytes() const noexcept;

 private:
  friend class VectorSearch;
  VectorIndex();
  /// @param what names the documents in errors.
  static VectorIndex make(const std::string& what, std::shared_ptr<const MappedFile> file, const Matrix& documents,
                          Metric metric, std::span<const std::uint32_t> tie_ranks, Scan scan,
                          const Execution& execution);

  std::shared_ptr<const MappedFile> file_;  // where the documents lie, none for a caller's memory
  Matrix documents_{};
  Metric metric_ = Metric::kCosine;
  TieOrder ties_;
  std::vector<double> norms_;  // [documents]
  // [documents] what turns a float32 dot product into the scanned score: 1/norm for cosine, 1 for dot, and NaN for a
  // document whose norm is outside the range where the error bound holds, which then is always scored exactly.
  std::vector<float> scale_;
  double largest_norm_ = 0;  // among documents whose scale is not NaN
  std::size_t zero_vectors_ = 0;
  std::unique_ptr<const DocumentCodes> codes_;  // none for Scan::kFloat32
};

}  // namespace tenbin
