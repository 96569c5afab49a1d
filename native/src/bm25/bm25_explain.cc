#include <string>

#include "bm25/bm25_arrays.h"
#include "bm25/bm25_formula.h"
#include "tenbin/errors.h"
#include "topk/subset.h"

namespace tenbin {

Bm25Explanation Bm25Index::explain(std::span<const std::uint32_t> query, std::uint32_t document) const {
  const Bm25Arrays& index = *arrays_;
  const std::uint32_t offsets[] = {0, static_cast<std::uint32_t>(query.size())};
  check_id_rows("query", {offsets, query}, index.terms());
  if (document >= index.size()) throw InputError("document must be below " + std::to_string(index.size()));

  const TermFrequencyPart tf_part(index.parameters, index.average_length());
  Bm25Explanation explanation;
  explanation.document_length = index.lengths[document];
  explanation.weighed_length = tf_part.weighed_length(explanation.document_length);
  const double norm = tf_part.norm(explanation.document_length);
  for (const std::uint32_t term : query) {
    const std::uint64_t posting = index.find_posting(term, document);
    const std::size_t df = index.document_frequency(term);
    Bm25Explanation::Part part{term, df, inverse_document_frequency(index.parameters.method, index.size(), df),
                               0,    0,  0};
    if (posting != index.postings_begin[term + 1]) {
      part.frequency = index.frequency(posting);
      part.tf_part = tf_part(part.frequency, norm);
      part.contribution = index.impacts[posting];
    }
    explanation.score += part.contribution;
    explanation.parts.push_back(part);
  }
  return explanation;
}

}  // namespace tenbin
