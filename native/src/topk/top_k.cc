#include "tenbin/top_k.h"

#include <algorithm>
#include <limits>
#include <string>

#include "tenbin/errors.h"

namespace tenbin {

TieOrder::TieOrder(std::span<const std::uint32_t> ranks) : rank_of_(ranks.begin(), ranks.end()) {
  constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  document_at_.assign(ranks.size(), kNone);
  for (std::size_t document = 0; document < ranks.size(); ++document) {
    const std::uint32_t rank = ranks[document];
    if (rank >= ranks.size() || document_at_[rank] != kNone) {
      throw InputError("tie ranks must be a permutation of 0.." + std::to_string(ranks.size() - 1) + ", but document " +
                       std::to_string(document) + " has rank " + std::to_string(rank) +
                       (rank >= ranks.size() ? "" : ", which another has too"));
    }
    document_at_[rank] = static_cast<std::uint32_t>(document);
  }
}

void check_top_k(const TopK& out, std::size_t queries, std::size_t corpus_size) {
  if (out.k == 0 && corpus_size > 0) throw InputError("k must be at least 1");
  if (out.k > corpus_size) throw InputError("k must be cut to the corpus size by the caller");
  // Divided, not multiplied: a product of sizes from outside may wrap.
  const bool has_room = out.k == 0 || (out.indices.size() / out.k >= queries && out.scores.size() / out.k >= queries);
  if (!has_room || out.counts.size() < queries) throw InputError("the result arrays are smaller than queries x k");
}

}  // namespace tenbin
