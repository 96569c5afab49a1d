#include "tenbin/corpus_tokens.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

#include "analysis/corpus_state.h"
#include "analysis/split.h"
#include "analysis/token_hash.h"
#include "tenbin/errors.h"

namespace tenbin {

namespace {

/// Large enough that a chunk meets most of its words more than once, small enough that its table stays in the cache.
constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

/// Not the bits by which tables find their slots, or a share would crowd into a part of its table.
std::size_t share_of(std::string_view token) noexcept { return token_hash(token) >> 24 & (CorpusChunk::kShares - 1); }
static_assert(std::has_single_bit(CorpusChunk::kShares));

/// Counts the tokens of documents, one after the other, into a chunk.
class TokenCounter {
 public:
  explicit TokenCounter(CorpusChunk& chunk) : chunk_(chunk) {}

  void operator()(std::string_view token) {
    const std::uint32_t id = chunk_.distinct.add(token);
    if (id == last_pair_.size()) last_pair_.push_back(kNone);
    const std::size_t pair = last_pair_[id];
    if (pair != kNone && pair >= document_begin_ && chunk_.counts[pair] < 255) {
      ++chunk_.counts[pair];
      return;
    }
    last_pair_[id] = chunk_.tokens.size();
    chunk_.tokens.push_back(id);
    chunk_.counts.push_back(1);
  }

  void end_document() {
    document_begin_ = chunk_.tokens.size();
    chunk_.pair_ends.push_back(document_begin_);
  }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};

  CorpusChunk& chunk_;
  std::size_t document_begin_ = 0;
  std::vector<std::size_t> last_pair_;  // [distinct]
};

template <typename Sink>
void for_each_cut_token(std::string_view text, Sink&& sink) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(TextRows::kTokenEnd), text.size());
    sink(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void spread_into_shares(CorpusChunk& chunk) {
  const std::size_t count = chunk.distinct.size();
  std::vector<std::uint8_t> share(count);
  std::array<std::size_t, CorpusChunk::kShares + 1> next{};
  for (std::size_t id = 0; id < count; ++id) {
    share[id] = static_cast<std::uint8_t>(share_of(chunk.distinct.token(id)));
    ++next[share[id] + 1];
  }
  for (std::size_t i = 0; i < CorpusChunk::kShares; ++i) next[i + 1] += next[i];
  chunk.share_begin = next;
  chunk.by_share.resize(count);
  for (std::size_t id = 0; id < count; ++id) chunk.by_share[next[share[id]]++] = static_cast<std::uint32_t>(id);
}

void count_tokens(const TextRows& texts, std::size_t first, std::size_t last, SplitRule rule, CorpusChunk& chunk,
                  const Cancellation& cancellation) {
  constexpr std::size_t kDocumentsPerCheck = 64;
  TokenCounter counter(chunk);
  std::string scratch;
  for (std::size_t i = first; i < last; ++i) {
    if ((i - first) % kDocumentsPerCheck == 0) cancellation.check();
    if (texts.is_cut(i))
      for_each_cut_token(texts.row(i), counter);
    else
      split(rule, texts.row(i), scratch, counter);
    counter.end_document();
  }
  // They stay until the index is built, beside all the others.
  chunk.tokens.shrink_to_fit();
  chunk.counts.shrink_to_fit();
  spread_into_shares(chunk);
  chunk.distinct.seal();
}

/// Row numbers at which chunks begin, and the end.
std::vector<std::size_t> chunk_bounds(const TextRows& texts) {
  std::vector<std::size_t> bounds{0};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts.offsets[i + 1] - texts.offsets[bounds.back()] >= kChunkBytes) bounds.push_back(i + 1);
  }
  if (bounds.back() != texts.size()) bounds.push_back(texts.size());
  return bounds;
}

/// The distinct tokens of one share and what the filter makes of them.
struct Share {
  TokenTable tokens;
  std::string filtered;
  std::vector<std::uint64_t> filtered_end;  // [tokens]
  std::vector<std::uint8_t> dropped;        // [tokens]

  std::string_view filtered_token(std::size_t i) const noexcept {
    const std::uint64_t begin = i == 0 ? 0 : filtered_end[i - 1];
    return std::string_view(filtered).substr(begin, filtered_end[i] - begin);
  }
};

/// Joins one share of all chunks. Leaves in term_of the token's number within the share.
void join_share(std::size_t number, Share& share, CorpusTokens::State& state) {
  for (CorpusChunk& chunk : state.chunks) {
    for (std::size_t i = chunk.share_begin[number]; i < chunk.share_begin[number + 1]; ++i) {
      const std::uint32_t id = chunk.by_share[i];
      chunk.term_of[id] = share.tokens.add(chunk.distinct.token(id));
    }
  }
  std::string token;
  for (std::size_t i = 0; i < share.tokens.size(); ++i) {
    token = share.tokens.token(i);
    share.dropped.push_back(!state.filter.apply(token));
    if (!share.dropped.back()) share.filtered += token;
    share.filtered_end.push_back(share.filtered.size());
  }
  share.tokens.release();
}

}  // namespace

CorpusTokens::CorpusTokens(SplitRule rule, const TokenFilter& filter)
    : state_(new State{rule, FilterChain(filter), {}, 0, {}}) {}
CorpusTokens::~CorpusTokens() = default;
CorpusTokens::CorpusTokens(CorpusTokens&&) noexcept = default;
CorpusTokens& CorpusTokens::operator=(CorpusTokens&&) noexcept = default;

void CorpusTokens::State::require(Phase wanted) const {
  if (phase == wanted) return;
  throw InputError(phase == Phase::kAdding     ? "documents are not finished"
                   : phase == Phase::kFinished ? "documents are finished already"
                                               : "documents were given up half way");
}

std::size_t CorpusTokens::documents() const noexcept { return state_->documents; }
std::size_t CorpusTokens::terms() const noexcept { return state_->terms.size(); }
std::string_view CorpusTokens::term(std::size_t id) const noexcept { return state_->terms.token(id); }

void CorpusTokens::add(const TextRows& texts, const Execution& execution) {
  state_->require(State::Phase::kAdding);
  texts.check("texts");
  const std::vector<std::size_t> bounds = chunk_bounds(texts);
  const std::size_t count = bounds.size() - 1;
  std::vector<CorpusChunk> chunks(count);
  execution.pool.parallel_for(count, [&](std::size_t i) {
    execution.cancellation.check();
    count_tokens(texts, bounds[i], bounds[i + 1], state_->rule, chunks[i], execution.cancellation);
  });
  state_->chunks.insert(state_->chunks.end(), std::make_move_iterator(chunks.begin()),
                        std::make_move_iterator(chunks.end()));
  state_->documents += texts.size();
}

void CorpusTokens::finish(const Execution& execution) {
  State& state = *state_;
  state.require(State::Phase::kAdding);
  state.phase = State::Phase::kBroken;
  for (CorpusChunk& chunk : state.chunks) chunk.term_of.resize(chunk.distinct.size());
  std::vector<Share> shares(CorpusChunk::kShares);
  execution.pool.parallel_for(shares.size(), [&](std::size_t i) {
    execution.cancellation.check();
    join_share(i, shares[i], state);
  });
  std::vector<std::vector<std::uint32_t>> term_of(shares.size());
  for (std::size_t s = 0; s < shares.size(); ++s) {
    execution.cancellation.check();
    for (std::size_t i = 0; i < shares[s].dropped.size(); ++i) {
      term_of[s].push_back(shares[s].dropped[i] ? kDropped : state.terms.add(shares[s].filtered_token(i)));
    }
    std::string().swap(shares[s].filtered);
    std::vector<std::uint64_t>().swap(shares[s].filtered_end);
  }
  execution.pool.parallel_for(state.chunks.size(), [&](std::size_t c) {
    CorpusChunk& chunk = state.chunks[c];
    for (std::size_t s = 0; s < shares.size(); ++s) {
      for (std::size_t i = chunk.share_begin[s]; i < chunk.share_begin[s + 1]; ++i) {
        std::uint32_t& term = chunk.term_of[chunk.by_share[i]];
        term = term_of[s][term];
      }
    }
    chunk.distinct.release();
    std::vector<std::uint32_t>().swap(chunk.by_share);
  });
  state.terms.seal();
  state.phase = State::Phase::kFinished;
}

void CorpusTokens::replace_terms(const TextRows& replacements, std::span<const std::uint8_t> dropped,
                                 const Execution& execution) {
  State& state = *state_;
  state.require(State::Phase::kFinished);
  replacements.check("terms");
  if (replacements.size() != terms() || dropped.size() != terms()) throw InputError("terms: one row a term is needed");
  TokenTable terms;
  std::vector<std::uint32_t> term_of;
  for (std::size_t i = 0; i < replacements.size(); ++i) {
    term_of.push_back(dropped[i] ? kDropped : terms.add(replacements.row(i)));
  }
  state.phase = State::Phase::kBroken;
  terms.seal();
  state.terms = std::move(terms);
  execution.pool.parallel_for(state.chunks.size(), [&](std::size_t c) {
    for (std::uint32_t& term : state.chunks[c].term_of) {
      if (term != kDropped) term = term_of[term];
    }
  });
  state.phase = State::Phase::kFinished;
}

}  // namespace tenbin
