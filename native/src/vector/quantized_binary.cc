#include <utility>

#include "kernels/kernels.h"
#include "vector/norms.h"
#include "vector/quantized_codes.h"
#include "vector/quantized_rows.h"

namespace tenbin {

namespace {

constexpr std::size_t kDocuments = 8;  // in a panel of Hamming
constexpr std::size_t kBits = 64;

/// The bits of each row: bit i % 64 of out[i / 64 * stride]. A row is normalised first, for a tiny component of a long
/// row becomes 0.
void encode_bits(const float* row, double norm, std::size_t dimension, float* scratch, std::uint64_t* out,
                 std::size_t stride) {
  normalise(row, norm, dimension, scratch);
  for (std::size_t begin = 0; begin < dimension; begin += kBits) {
    std::uint64_t word = 0;
    const std::size_t bits = std::min(kBits, dimension - begin);
    for (std::size_t i = 0; i < bits; ++i) word |= static_cast<std::uint64_t>(scratch[begin + i] > 0) << i;
    out[begin / kBits * stride] = word;
  }
}

class BinaryQueries : public QuantizedQueries {
 public:
  BinaryQueries(std::vector<std::uint64_t> queries, const std::vector<std::uint64_t>& documents, std::size_t words,
                const Kernels& kernels)
      : queries_(std::move(queries)), documents_(documents), words_(words), kernels_(kernels) {}

  void scan(const SearchPart& part, QuantizedScratch&, float* tile, std::size_t stride) const override {
    const std::size_t panels = (part.last - part.first + kDocuments - 1) / kDocuments;
    kernels_.hamming(queries_.data() + part.first_query * words_, part.last_query - part.first_query,
                     documents_.data() + part.first * words_, panels, words_, tile, stride);
  }

 private:
  std::vector<std::uint64_t> queries_;  // [query][word]
  const std::vector<std::uint64_t>& documents_;
  std::size_t words_;
  const Kernels& kernels_;
};

class BinaryCodes : public QuantizedCodes {
 public:
  BinaryCodes(const Matrix& documents, const Execution& execution) : words_((documents.dimension + kBits - 1) / kBits) {
    const std::vector<double> norms = checked_norms("embeddings", documents, execution);
    codes_.resize((documents.count + kDocuments - 1) / kDocuments * kDocuments * words_);
    for_row_ranges(documents.count, execution, [&](std::size_t first, std::size_t last) {
      std::vector<float> scratch(documents.dimension);
      for (std::size_t d = first; d < last; ++d) {
        std::uint64_t* out = codes_.data() + d / kDocuments * kDocuments * words_ + d % kDocuments;
        encode_bits(documents.row(d), norms[d], documents.dimension, scratch.data(), out, kDocuments);
      }
    });
  }

  std::size_t size_bytes() const noexcept override { return codes_.size() * sizeof(std::uint64_t); }

  std::unique_ptr<const QuantizedQueries> encode(const Matrix& queries, const Execution& execution) const override {
    const std::vector<double> norms = checked_norms("queries", queries, execution);
    std::vector<std::uint64_t> bits(queries.count * words_);
    for_row_ranges(queries.count, execution, [&](std::size_t first, std::size_t last) {
      std::vector<float> scratch(queries.dimension);
      for (std::size_t q = first; q < last; ++q)
        encode_bits(queries.row(q), norms[q], queries.dimension, scratch.data(), bits.data() + q * words_, 1);
    });
    return std::make_unique<BinaryQueries>(std::move(bits), codes_, words_, execution.kernels);
  }

 private:
  std::size_t words_;
  std::vector<std::uint64_t> codes_;  // [panel][word][8 documents]
};

}  // namespace

std::unique_ptr<const QuantizedCodes> binary_codes(const Matrix& documents, const Execution& execution) {
  return std::make_unique<BinaryCodes>(documents, execution);
}

}  // namespace tenbin
