#include <algorithm>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "analysis/corpus_state.h"
#include "bm25/bm25_arrays.h"
#include "bm25/bm25_formula.h"
#include "tenbin/errors.h"

namespace tenbin {

namespace {

/// A term in more than one of this many documents has a bitmap of them, by which impacts are added 16 documents at a
/// time.
constexpr std::size_t kBitmapShare = 6;
/// A term with at least this many postings in a block, on average, has a table of its blocks.
constexpr std::size_t kPostingsPerTableEntry = 8;

constexpr std::uint32_t kNoDocument = std::numeric_limits<std::uint32_t>::max();

/// Memory of an index that was built.
struct BuiltMemory {
  std::string term_bytes;
  std::vector<std::uint64_t> term_begins;
  std::vector<std::uint32_t> slots;
  std::vector<std::uint32_t> lengths;
  std::vector<std::uint64_t> postings_begin;
  std::vector<std::uint32_t> documents;
  std::vector<float> impacts;
  std::vector<std::uint8_t> frequencies;
  std::vector<LongFrequency> long_frequencies;
  std::vector<float> maxima;
  std::vector<Bm25Block> blocks;
  std::vector<std::uint16_t> bitmaps;

  std::size_t size_bytes() const noexcept {
    const auto sum = [](const auto&... arrays) { return (std::span(arrays).size_bytes() + ...); };
    return sum(term_bytes, term_begins, slots, lengths, postings_begin, documents, impacts, frequencies,
               long_frequencies, maxima, blocks, bitmaps);
  }
};

/// Documents of some neighbouring chunks, inverted by one thread.
struct Part {
  std::size_t first_chunk;
  std::size_t last_chunk;
  std::uint32_t first_document;
  /// [terms]: documents that hold the term; later where the part's next posting of it goes.
  std::vector<std::uint64_t> next;
};

/// Calls `visit(document, term, count)` for each pair of a kept token and a document, in order of documents, and
/// `end(document, length)` behind each.
template <typename Visit, typename End>
void for_each_pair(const std::vector<CorpusChunk>& chunks, const Part& part, const Cancellation& cancellation,
                   Visit&& visit, End&& end) {
  std::uint32_t document = part.first_document;
  for (std::size_t c = part.first_chunk; c < part.last_chunk; ++c) {
    cancellation.check();
    const CorpusChunk& chunk = chunks[c];
    for (std::size_t row = 0; row < chunk.documents(); ++row, ++document) {
      std::uint32_t length = 0;
      for (std::uint64_t pair = chunk.pairs_begin(row); pair < chunk.pair_ends[row]; ++pair) {
        const std::uint32_t term = chunk.term_of[chunk.tokens[pair]];
        if (term == CorpusTokens::kDropped) continue;
        length += chunk.counts[pair];
        visit(document, term, chunk.counts[pair]);
      }
      end(document, length);
    }
  }
}

/// Chunks dealt out so that parts hold about the same number of pairs.
std::vector<Part> deal_out(const std::vector<CorpusChunk>& chunks, std::size_t terms, std::size_t threads) {
  std::uint64_t pairs = 0;
  for (const CorpusChunk& chunk : chunks) pairs += chunk.tokens.size();
  // A part's counters are not to weigh more than its share of the postings.
  const std::uint64_t most = std::max<std::uint64_t>(1, pairs / (terms + 1));
  const std::uint64_t count = std::clamp<std::uint64_t>(most, 1, threads);
  std::vector<Part> parts;
  std::size_t chunk = 0;
  std::uint64_t dealt = 0;
  std::uint32_t document = 0;
  for (std::uint64_t i = 1; i <= count; ++i) {
    Part part{chunk, chunk, document, {}};
    while (chunk < chunks.size() && (i == count || dealt < pairs * i / count)) {
      dealt += chunks[chunk].tokens.size();
      document += static_cast<std::uint32_t>(chunks[chunk].documents());
      ++chunk;
    }
    part.last_chunk = chunk;
    parts.push_back(std::move(part));
  }
  return parts;
}

/// Counts the documents that hold each term, and tokens in each document.
void count(const std::vector<CorpusChunk>& chunks, Part& part, std::size_t terms, std::vector<std::uint32_t>& lengths,
           const Cancellation& cancellation) {
  part.next.assign(terms, 0);
  std::vector<std::uint32_t> last_document(terms, kNoDocument);
  for_each_pair(
      chunks, part, cancellation,
      [&](std::uint32_t document, std::uint32_t term, std::uint32_t) {
        if (std::exchange(last_document[term], document) != document) ++part.next[term];
      },
      [&](std::uint32_t document, std::uint32_t length) { lengths[document] = length; });
}

/// Numbers terms by falling document frequency, equal ones as they were. Returns the old numbers in the new order.
std::vector<std::uint32_t> number_terms(const std::vector<Part>& parts, std::size_t terms, BuiltMemory& memory) {
  std::vector<std::uint64_t> frequency(terms, 0);
  for (const Part& part : parts) {
    for (std::size_t term = 0; term < terms; ++term) frequency[term] += part.next[term];
  }
  std::vector<std::uint32_t> order(terms);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return frequency[a] > frequency[b]; });
  memory.postings_begin.assign(1, 0);
  for (const std::uint32_t old : order) memory.postings_begin.push_back(memory.postings_begin.back() + frequency[old]);
  return order;
}

void copy_vocabulary(const CorpusTokens& corpus, const std::vector<std::uint32_t>& order, BuiltMemory& memory) {
  memory.term_begins.assign(1, 0);
  for (const std::uint32_t old : order) {
    memory.term_bytes += corpus.term(old);
    memory.term_begins.push_back(memory.term_bytes.size());
  }
  memory.slots = Vocabulary::make_slots(memory.term_bytes, memory.term_begins);
}

/// Frequencies of more than 254, by posting.
using LongFrequencies = std::unordered_map<std::uint64_t, std::uint32_t>;

/// Writes the part's postings behind those of earlier parts.
LongFrequencies fill(const std::vector<CorpusChunk>& chunks, Part& part, BuiltMemory& memory,
                     const Cancellation& cancellation) {
  const std::vector<std::uint64_t> begin = part.next;
  LongFrequencies long_frequencies;
  for_each_pair(
      chunks, part, cancellation,
      [&](std::uint32_t document, std::uint32_t term, std::uint32_t tokens) {
        std::uint64_t& next = part.next[term];
        // Two tokens may have become one term, so the document may have its posting already.
        if (next == begin[term] || memory.documents[next - 1] != document) memory.documents[next++] = document;
        std::uint8_t& frequency = memory.frequencies[next - 1];
        if (frequency + tokens < 255) {
          frequency = static_cast<std::uint8_t>(frequency + tokens);
        } else {
          long_frequencies.try_emplace(next - 1, frequency).first->second += tokens;
          frequency = 255;
        }
      },
      [](std::uint32_t, std::uint32_t) {});
  return long_frequencies;
}

/// Impacts of one term, their maximum, its table of blocks and its bitmap.
void weigh_term(std::uint32_t term, const Bm25Arrays& arrays, const TermFrequencyPart& tf_part,
                const std::vector<double>& norms, BuiltMemory& memory) {
  const std::uint64_t begin = arrays.postings_begin[term];
  const std::uint64_t end = arrays.postings_begin[term + 1];
  const double idf = inverse_document_frequency(arrays.parameters.method, arrays.size(), end - begin);
  float maximum = 0;
  for (std::uint64_t i = begin; i < end; ++i) {
    const std::uint8_t frequency = memory.frequencies[i];
    const double tf = frequency < 255 ? frequency : arrays.frequency(i);
    memory.impacts[i] = static_cast<float>(idf * tf_part(tf, norms[memory.documents[i]]));
    maximum = std::max(maximum, memory.impacts[i]);
  }
  memory.maxima[term] = maximum;
  if (term < arrays.block_terms()) {
    Bm25Block* blocks = memory.blocks.data() + term * arrays.block_count();
    std::uint64_t i = begin;
    for (std::size_t block = 0; block < arrays.block_count(); ++block) {
      float largest = 0;
      for (; i < end && memory.documents[i] / kBlockDocuments == block; ++i) {
        largest = std::max(largest, memory.impacts[i]);
      }
      blocks[block] = {static_cast<std::uint32_t>(i - begin), largest};
    }
  }
  if (term < arrays.bitmap_terms()) {
    std::uint16_t* bitmap = memory.bitmaps.data() + term * arrays.bitmap_words();
    for (std::uint64_t i = begin; i < end; ++i) {
      std::uint16_t& word = bitmap[memory.documents[i] / 16];
      word = static_cast<std::uint16_t>(word | 1u << memory.documents[i] % 16);
    }
  }
}

/// How many of the first terms are in more than `least` documents.
std::size_t terms_above(const std::vector<std::uint64_t>& postings_begin, std::uint64_t least) {
  std::size_t terms = 0;
  while (terms + 1 < postings_begin.size() && postings_begin[terms + 1] - postings_begin[terms] > least) ++terms;
  return terms;
}

void weigh(Bm25Arrays& arrays, BuiltMemory& memory, const Execution& execution) {
  const std::size_t terms = memory.postings_begin.size() - 1;
  memory.impacts.resize(memory.documents.size());
  memory.maxima.resize(terms);
  memory.blocks.resize(arrays.block_count() *
                       terms_above(memory.postings_begin, kPostingsPerTableEntry * arrays.block_count()));
  // Every such term has a table of blocks, or it would not be found where a block begins.
  const std::size_t block_terms = memory.blocks.size() / std::max<std::size_t>(arrays.block_count(), 1);
  memory.bitmaps.resize(arrays.bitmap_words() *
                        std::min(block_terms, terms_above(memory.postings_begin, arrays.size() / kBitmapShare)));
  arrays.blocks = memory.blocks;
  arrays.bitmaps = memory.bitmaps;
  const TermFrequencyPart tf_part(arrays.parameters, arrays.average_length());
  std::vector<double> norms;
  for (const std::uint32_t length : arrays.lengths) norms.push_back(tf_part.norm(length));
  // Terms of falling frequency: single ones first, so that no thread is left alone with a large share.
  constexpr std::size_t kSingle = 256;
  constexpr std::size_t kTogether = 1024;
  const std::size_t tasks = std::min(terms, kSingle) + (terms - std::min(terms, kSingle) + kTogether - 1) / kTogether;
  execution.pool.parallel_for(tasks, [&](std::size_t task) {
    execution.cancellation.check();
    const std::size_t first = task < kSingle ? task : kSingle + (task - kSingle) * kTogether;
    const std::size_t last = std::min(terms, task < kSingle ? first + 1 : first + kTogether);
    for (std::size_t term = first; term < last; ++term) {
      weigh_term(static_cast<std::uint32_t>(term), arrays, tf_part, norms, memory);
    }
  });
}

}  // namespace

Bm25Index Bm25Index::build(CorpusTokens corpus, std::span<const std::uint32_t> tie_ranks,
                           const Bm25Parameters& parameters, const Execution& execution) {
  parameters.check();
  corpus.state().require(CorpusTokens::State::Phase::kFinished);
  const std::size_t size = corpus.documents();
  if (size >= kNoDocument) throw InputError("documents: more than 2^32 - 2 rows");
  if (tie_ranks.size() != size) throw InputError("tie ranks: one per document is needed");
  auto arrays = std::make_unique<Bm25Arrays>();
  auto memory = std::make_shared<BuiltMemory>();
  arrays->parameters = parameters;
  arrays->ties = TieOrder(tie_ranks);

  const std::vector<CorpusChunk>& chunks = corpus.state().chunks;
  const std::size_t terms = corpus.terms();
  std::vector<Part> parts = deal_out(chunks, terms, execution.pool.size());
  memory->lengths.resize(size);
  execution.pool.parallel_for(
      parts.size(), [&](std::size_t i) { count(chunks, parts[i], terms, memory->lengths, execution.cancellation); });
  const std::vector<std::uint32_t> order = number_terms(parts, terms, *memory);
  copy_vocabulary(corpus, order, *memory);
  for (std::size_t term = 0; term < terms; ++term) {
    std::uint64_t next = memory->postings_begin[term];
    for (Part& part : parts) next += std::exchange(part.next[order[term]], next);
  }
  memory->documents.resize(memory->postings_begin.back());
  memory->frequencies.resize(memory->postings_begin.back());
  std::vector<LongFrequencies> long_frequencies(parts.size());
  execution.pool.parallel_for(parts.size(), [&](std::size_t i) {
    long_frequencies[i] = fill(chunks, parts[i], *memory, execution.cancellation);
    std::vector<std::uint64_t>().swap(parts[i].next);
  });
  for (const LongFrequencies& some : long_frequencies) {
    for (const auto& [posting, frequency] : some) memory->long_frequencies.push_back({posting, frequency, 0});
  }
  std::sort(memory->long_frequencies.begin(), memory->long_frequencies.end(),
            [](const LongFrequency& a, const LongFrequency& b) { return a.posting < b.posting; });
  corpus = CorpusTokens(SplitRule::kWhitespace, {});  // its pairs are all in postings now

  arrays->tokens = std::accumulate(memory->lengths.begin(), memory->lengths.end(), std::uint64_t{0});
  arrays->vocabulary = {memory->term_bytes, memory->term_begins, memory->slots};
  arrays->lengths = memory->lengths;
  arrays->postings_begin = memory->postings_begin;
  arrays->documents = memory->documents;
  arrays->frequencies = memory->frequencies;
  arrays->long_frequencies = memory->long_frequencies;
  weigh(*arrays, *memory, execution);
  arrays->impacts = memory->impacts;
  arrays->maxima = memory->maxima;
  arrays->owned_bytes =
      memory->size_bytes() + arrays->ties.ranks().size_bytes() + arrays->ties.documents().size_bytes();
  arrays->memory = std::move(memory);
  return Bm25Index(std::move(arrays));
}

}  // namespace tenbin
