#include <algorithm>
#include <cmath>
#include <limits>

#include "bm25/token_rows.h"
#include "tenbin/bm25_index.h"
#include "tenbin/errors.h"

namespace tenbin {

namespace {

constexpr std::uint32_t kNoDocument = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kDocumentsPerCheck = 1024;  // between two looks at the cancellation

/// HAKARI rule (bm25s "robertson"): clipped at 0, so a term in about half of the documents or more adds nothing.
float inverse_document_frequency(std::size_t documents, std::size_t frequency) {
  const double n = static_cast<double>(documents);
  const double df = static_cast<double>(frequency);
  return static_cast<float>(std::log(std::max(1.0, (n - df + 0.5) / (df + 0.5))));
}

double term_frequency_part(std::uint32_t tf, double length_ratio, const Bm25Parameters& p) {
  const double frequency = tf;
  return frequency / (p.k1 * (1.0 - p.b + p.b * length_ratio) + frequency);
}

/// Number of documents that hold each term, as running sums: [vocabulary + 1].
std::vector<std::uint64_t> postings_begin(const TokenRows& documents, std::uint32_t vocabulary_size,
                                          const Cancellation& cancellation) {
  std::vector<std::uint64_t> begin(static_cast<std::size_t>(vocabulary_size) + 1, 0);
  std::vector<std::uint32_t> last_document(vocabulary_size, kNoDocument);
  for (std::size_t document = 0; document < documents.size(); ++document) {
    if (document % kDocumentsPerCheck == 0) cancellation.check();
    for (const std::uint32_t id : documents.row(document)) {
      if (last_document[id] == document) continue;
      last_document[id] = static_cast<std::uint32_t>(document);
      ++begin[id + 1];
    }
  }
  for (std::size_t id = 0; id < vocabulary_size; ++id) begin[id + 1] += begin[id];
  return begin;
}

}  // namespace

Bm25Index Bm25Index::build(const TokenRows& documents, std::uint32_t vocabulary_size,
                           std::span<const std::uint32_t> tie_ranks, const Bm25Parameters& parameters,
                           const Execution& execution) {
  check_token_rows("documents", documents, vocabulary_size);
  const std::size_t size = documents.size();
  if (size >= kNoDocument) throw InputError("documents: more than 2^32 - 2 rows");
  if (tie_ranks.size() != size) throw InputError("tie ranks: one per document is needed");
  if (!(parameters.k1 > 0) || !std::isfinite(parameters.k1)) throw InputError("k1 must be above 0");
  if (!(parameters.b >= 0 && parameters.b <= 1)) throw InputError("b must be between 0 and 1");

  Bm25Index index;
  index.ties_ = TieOrder(tie_ranks);
  const double total = static_cast<double>(documents.offsets.back() - documents.offsets.front());
  index.average_document_length_ = size == 0 ? 0 : total / static_cast<double>(size);
  index.postings_begin_ = postings_begin(documents, vocabulary_size, execution.cancellation);
  const std::size_t postings = index.postings_begin_.back();
  index.documents_.resize(postings);
  std::vector<std::uint32_t> frequencies(postings, 0);
  {
    // `next` runs behind the last posting of a term, so next - 1 is the current document's if it has one already.
    std::vector<std::uint64_t> next(index.postings_begin_.begin(), index.postings_begin_.end() - 1);
    for (std::size_t document = 0; document < size; ++document) {
      if (document % kDocumentsPerCheck == 0) execution.cancellation.check();
      for (const std::uint32_t id : documents.row(document)) {
        const bool seen = next[id] > index.postings_begin_[id] && index.documents_[next[id] - 1] == document;
        if (!seen) index.documents_[next[id]++] = static_cast<std::uint32_t>(document);
        ++frequencies[next[id] - 1];
      }
    }
  }

  index.impacts_.resize(postings);
  constexpr std::size_t kTermsPerTask = 4096;
  const std::size_t tasks = (vocabulary_size + kTermsPerTask - 1) / kTermsPerTask;
  execution.pool.parallel_for(tasks, [&](std::size_t task) {
    execution.cancellation.check();
    const std::size_t end = std::min<std::size_t>((task + 1) * kTermsPerTask, vocabulary_size);
    for (std::size_t id = task * kTermsPerTask; id < end; ++id) {
      const std::uint64_t first = index.postings_begin_[id];
      const std::uint64_t last = index.postings_begin_[id + 1];
      const double idf = inverse_document_frequency(size, last - first);
      for (std::uint64_t i = first; i < last; ++i) {
        const std::uint32_t document = index.documents_[i];
        const double length = static_cast<double>(documents.offsets[document + 1] - documents.offsets[document]);
        const double part = term_frequency_part(frequencies[i], length / index.average_document_length_, parameters);
        index.impacts_[i] = static_cast<float>(idf * part);
      }
    }
  });
  return index;
}

}  // namespace tenbin
