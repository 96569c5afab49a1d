#include "tenbin/bm25_index.h"

#include <algorithm>
#include <utility>

#include "bm25/bm25_arrays.h"

namespace tenbin {

std::uint64_t Bm25Arrays::find_posting(std::uint32_t term, std::uint32_t document) const noexcept {
  std::uint64_t begin = postings_begin[term];
  std::uint64_t end = postings_begin[term + 1];
  const std::uint64_t none = end;
  if (term < block_terms()) {
    const std::span<const Bm25Block> table = blocks_of(term);
    const std::size_t block = document / kBlockDocuments;
    end = begin + table[block].end;
    if (block > 0) begin += table[block - 1].end;
  }
  const auto last = documents.begin() + static_cast<std::ptrdiff_t>(end);
  const auto found = std::lower_bound(documents.begin() + static_cast<std::ptrdiff_t>(begin), last, document);
  return found != last && *found == document ? static_cast<std::uint64_t>(found - documents.begin()) : none;
}

std::uint32_t Bm25Arrays::frequency(std::uint64_t posting) const noexcept {
  if (frequencies[posting] < 255) return frequencies[posting];
  return std::lower_bound(long_frequencies.begin(), long_frequencies.end(), posting,
                          [](const LongFrequency& x, std::uint64_t p) { return x.posting < p; })
      ->frequency;
}

Bm25Index::Bm25Index(std::unique_ptr<const Bm25Arrays> arrays) : arrays_(std::move(arrays)) {}
Bm25Index::~Bm25Index() = default;
Bm25Index::Bm25Index(Bm25Index&&) noexcept = default;
Bm25Index& Bm25Index::operator=(Bm25Index&&) noexcept = default;

std::string_view Bm25Index::attachment() const noexcept { return arrays_->attachment; }
std::uint32_t Bm25Index::find_term(std::string_view term) const noexcept { return arrays_->vocabulary.find(term); }
std::size_t Bm25Index::size() const noexcept { return arrays_->size(); }
std::size_t Bm25Index::terms() const noexcept { return arrays_->terms(); }
std::size_t Bm25Index::postings() const noexcept { return arrays_->documents.size(); }
std::uint64_t Bm25Index::tokens() const noexcept { return arrays_->tokens; }
const Bm25Parameters& Bm25Index::parameters() const noexcept { return arrays_->parameters; }
std::size_t Bm25Index::size_bytes() const noexcept { return arrays_->owned_bytes; }

}  // namespace tenbin
