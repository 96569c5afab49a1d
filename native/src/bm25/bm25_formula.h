#pragma once

#include <cstddef>
#include <cstdint>

#include "tenbin/bm25_index.h"

namespace tenbin {

/*
 * With N documents, df of them holding the term, tf of it in a document of dl tokens, and
 * norm = 1 - b + b dl / avgdl:
 *
 *              idf                                         tf part
 *   robertson  ln(max(1, (N - df + 0.5) / (df + 0.5)))     tf / (k1 norm + tf)
 *   lucene     ln(1 + (N - df + 0.5) / (df + 0.5))         tf / (k1 norm + tf)
 *   atire      ln(N / df)                                  (k1 + 1) tf / (k1 norm + tf)
 *   bm25l      ln((N + 1) / (df + 0.5))                    (k1 + 1) (c + delta) / (k1 + c + delta), c = tf / norm
 *   bm25+      ln((N + 1) / df)                            delta + (k1 + 1) tf / (k1 norm + tf)
 *
 * The variants are those of Kamphuis, de Vries, Boytsov and Lin, "Which BM25 do you mean?" (ECIR 2020), with
 * robertson's idf floored at 0 as bm25s and HAKARI do. Of bm25l and bm25+ the constant that a document without the term
 * would add too (their tf part at tf = 0) is left out: it moves all scores of a query alike.
 */

/// Rounded to float32.
double inverse_document_frequency(Bm25Method method, std::size_t documents, std::size_t frequency);

/// Gives the tf part, which depends on document and frequency alone.
class TermFrequencyPart {
 public:
  TermFrequencyPart(const Bm25Parameters& parameters, double average_length);

  /// What the formula takes for the length: the length, or what Lucene's byte keeps of it.
  double weighed_length(std::uint32_t length) const noexcept;
  /// 1 - b + b dl / avgdl.
  double norm(std::uint32_t length) const noexcept;
  double operator()(double tf, double norm) const noexcept;

 private:
  Bm25Parameters parameters_;
  double average_length_;
};

/// A length as Lucene keeps it in a norm of one byte (SmallFloat.intToByte4 and back): exact below 40, then rounded
/// down to four significant bits.
std::uint32_t lucene_length(std::uint32_t length) noexcept;

}  // namespace tenbin
