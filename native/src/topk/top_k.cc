#include "tenbin/top_k.h"

#include <algorithm>
#include <limits>
#include <string>

#include "tenbin/errors.h"

namespace tenbin {

TieOrder::TieOrder(std::span<const std::uint32_t> ranks) : owned_ranks_(ranks.begin(), ranks.end()) {
  constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  owned_documents_.assign(ranks.size(), kNone);
  for (std::size_t document = 0; document < ranks.size(); ++document) {
    const std::uint32_t rank = ranks[document];
    if (rank >= ranks.size() || owned_documents_[rank] != kNone) {
      throw InputError("tie ranks must be a permutation of 0.." + std::to_string(ranks.size() - 1) + ", but document " +
                       std::to_string(document) + " has rank " + std::to_string(rank) +
                       (rank >= ranks.size() ? "" : ", which another has too"));
    }
    owned_documents_[rank] = static_cast<std::uint32_t>(document);
  }
  rank_of_ = owned_ranks_;
  document_at_ = owned_documents_;
}

TieOrder::TieOrder(std::span<const std::uint32_t> rank_of, std::span<const std::uint32_t> document_at)
    : rank_of_(rank_of), document_at_(document_at) {
  bool inverse = rank_of.size() == document_at.size();
  for (std::size_t d = 0; inverse && d < rank_of.size(); ++d) {
    inverse = rank_of[d] < document_at.size() && document_at[rank_of[d]] == d;
  }
  if (!inverse) throw InputError("tie ranks and the documents at them do not agree");
}

void check_top_k(const TopK& out, std::size_t queries, std::size_t corpus_size) {
  if (out.k == 0 && corpus_size > 0) throw InputError("k must be at least 1");
  if (out.k > corpus_size) throw InputError("k must be cut to the corpus size by the caller");
  // Divided, not multiplied: a product of sizes from outside may wrap.
  const bool has_room = out.k == 0 || (out.indices.size() / out.k >= queries && out.scores.size() / out.k >= queries);
  if (!has_room || out.counts.size() < queries) throw InputError("the result arrays are smaller than queries x k");
}

}  // namespace tenbin
