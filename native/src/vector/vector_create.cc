#include <algorithm>
#include <limits>
#include <utility>

#include "file/mapped_file.h"
#include "tenbin/errors.h"
#include "tenbin/vector_index.h"
#include "vector/document_codes.h"
#include "vector/document_pages.h"
#include "vector/norms.h"

namespace tenbin {

namespace {

float scan_scale(double norm, Metric metric) {
  if (norm == 0) return 0;
  if (!in_scan_range(norm)) return std::numeric_limits<float>::quiet_NaN();
  return metric == Metric::kCosine ? static_cast<float>(1 / norm) : 1.0f;
}

}  // namespace

VectorIndex::VectorIndex() = default;
VectorIndex::~VectorIndex() = default;
VectorIndex::VectorIndex(VectorIndex&&) noexcept = default;
VectorIndex& VectorIndex::operator=(VectorIndex&&) noexcept = default;

VectorIndex VectorIndex::create(const Matrix& documents, Metric metric, std::span<const std::uint32_t> tie_ranks,
                                Scan scan, const Execution& execution) {
  return make("embeddings", nullptr, documents, metric, tie_ranks, scan, execution);
}

VectorIndex VectorIndex::open(const std::string& path, std::uint64_t offset, std::size_t count, std::size_t dimension,
                              Metric metric, std::span<const std::uint32_t> tie_ranks, Scan scan,
                              const Execution& execution) {
  auto file = std::make_shared<const MappedFile>(path);
  if (offset % alignof(float) != 0) {
    throw InputError(path + ": its components begin at byte " + std::to_string(offset) + ", not at a multiple of 4");
  }
  const std::size_t bytes = file->bytes().size();
  const std::size_t first = static_cast<std::size_t>(std::min<std::uint64_t>(offset, bytes));
  const std::size_t components = (bytes - first) / sizeof(float);
  // By division: a product of numbers that somebody made up could overflow.
  const bool fits = first == offset && (bytes - first) % sizeof(float) == 0 && dimension > 0 &&
                    components % dimension == 0 && components / dimension == count;
  if (!fits) {
    throw InputError(path + ": its " + std::to_string(bytes) + " bytes do not end with " + std::to_string(count) +
                     " x " + std::to_string(dimension) + " float32 from byte " + std::to_string(offset) + " on");
  }
  const auto* data = reinterpret_cast<const float*>(file->bytes().data() + first);
  file->expect_reading_in_order(true);
  VectorIndex index = make(path, file, {{data, components}, count, dimension}, metric, tie_ranks, scan, execution);
  file->expect_reading_in_order(false);
  return index;
}

VectorIndex VectorIndex::make(const std::string& what, std::shared_ptr<const MappedFile> file, const Matrix& documents,
                              Metric metric, std::span<const std::uint32_t> tie_ranks, Scan scan,
                              const Execution& execution) {
  check_shape(what.c_str(), documents);
  if (documents.count > std::numeric_limits<std::uint32_t>::max()) throw InputError(what + ": more than 2^32 - 1 rows");
  if (tie_ranks.size() != documents.count) throw InputError("tie ranks: one per document is needed");
  const DocumentPages pages(file.get(), documents);
  VectorIndex index;
  index.file_ = std::move(file);
  index.documents_ = documents;
  index.metric_ = metric;
  index.ties_ = TieOrder(tie_ranks);
  const bool has_codes = scan == Scan::kCodes && execution.kernels.multiplies_codes_faster &&
                         documents.dimension <= DocumentCodes::kMostDimensions;
  if (has_codes) {
    index.codes_ = std::make_unique<DocumentCodes>(documents, pages, metric, index.norms_, execution);
    check_finite(what.c_str(), documents, index.norms_);
  } else {
    index.norms_ = checked_norms(what.c_str(), documents, execution, pages);
  }
  pages.release_all();
  index.scale_.reserve(documents.count);
  for (const double norm : index.norms_) {
    const float scale = scan_scale(norm, metric);
    index.scale_.push_back(scale);
    if (scale == scale) index.largest_norm_ = std::max(index.largest_norm_, norm);
    if (norm == 0) ++index.zero_vectors_;
  }
  return index;
}

std::size_t VectorIndex::size_bytes() const noexcept {
  return norms_.capacity() * sizeof(double) + scale_.capacity() * sizeof(float) +
         (ties_.ranks().size_bytes() + ties_.documents().size_bytes()) + (codes_ ? codes_->size_bytes() : 0);
}

}  // namespace tenbin
