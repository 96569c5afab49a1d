#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/token_filter.h"
#include "analysis/token_table.h"
#include "tenbin/corpus_tokens.h"

namespace tenbin {

/// About a megabyte of documents, analyzed by one thread: how often each token stands in each document.
struct CorpusChunk {
  /// Tokens are spread over this many shares by their hash, so that threads can join the chunks share by share.
  static constexpr std::size_t kShares = 16;

  /// Pairs of document i end here; they are ordered by where the token first stands in it.
  std::vector<std::uint64_t> pair_ends;  // [documents]
  std::vector<std::uint32_t> tokens;     // [pairs], number in `distinct`
  std::vector<std::uint8_t> counts;      // [pairs]; a token that stands there more than 255 times has several pairs
  TokenTable distinct;                   // sealed once all is counted, released by finish()
  std::vector<std::uint32_t> by_share;   // token numbers, ascending within a share
  std::array<std::size_t, kShares + 1> share_begin{};
  std::vector<std::uint32_t> term_of;  // [distinct], after finish(): a term or kDropped

  std::size_t documents() const noexcept { return pair_ends.size(); }
  std::uint64_t pairs_begin(std::size_t document) const noexcept { return document == 0 ? 0 : pair_ends[document - 1]; }
};

struct CorpusTokens::State {
  SplitRule rule;
  FilterChain filter;
  std::vector<CorpusChunk> chunks;
  std::size_t documents = 0;
  TokenTable terms;
  /// Broken: finish() or replace_terms() was cancelled or ran out of memory half way.
  enum class Phase { kAdding, kBroken, kFinished };
  Phase phase = Phase::kAdding;

  /// Throws InputError for a call out of turn.
  void require(Phase wanted) const;
};

}  // namespace tenbin
