#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>

#include "overlap/json_strings.h"
#include "overlap/text_matcher.h"
#include "tenbin/errors.h"

namespace tenbin {

namespace {

/// Large enough that a thread's memory is made seldom, small enough that a block keeps several threads at work.
constexpr std::size_t kChunkBytes = std::size_t{1} << 18;

/// Rows that lie one behind the other, matched by one thread. Their numbers count from the first of the chunk.
struct Chunk {
  std::size_t begin = 0, end = 0;  // bytes, or rows of kTexts
  OverlapMatches result;
};

std::vector<Chunk> chunks_of(const RowBlock& block) {
  std::vector<Chunk> chunks;
  const auto end_chunk = [&chunks](std::size_t end) {
    const std::size_t begin = chunks.empty() ? 0 : chunks.back().end;
    if (end > begin) chunks.push_back({begin, end, {}});
  };
  if (block.layout == RowLayout::kTexts) {
    std::size_t begin = 0;
    for (std::size_t row = 0; row + 1 < block.offsets.size(); ++row) {
      if (block.offsets[row + 1] - block.offsets[begin] < kChunkBytes) continue;
      end_chunk(begin = row + 1);
    }
    end_chunk(block.offsets.size() - 1);
    return chunks;
  }
  for (std::size_t at = kChunkBytes; at < block.bytes.size(); at += kChunkBytes) {
    const std::size_t newline = block.bytes.find('\n', at);
    if (newline == std::string_view::npos) break;
    end_chunk(at = newline + 1);
  }
  end_chunk(block.bytes.size());
  return chunks;
}

/// Puts what is found in the rows of one chunk into its result.
class ChunkMatcher {
 public:
  ChunkMatcher(const OverlapIndex::State& index, const RowBlock& block, Chunk& chunk, const Cancellation& cancellation)
      : index_(index),
        block_(block),
        chunk_(chunk),
        cancellation_(cancellation),
        matcher_(index),
        json_(block.fields) {}

  void run() {
    if (block_.layout == RowLayout::kTexts) {
      for (std::size_t row = chunk_.begin; row < chunk_.end; ++row) {
        begin_row(block_.offsets[row], block_.offsets[row + 1]);
        take(text_of_row());
      }
      return;
    }
    for (std::size_t begin = chunk_.begin; begin < chunk_.end;) {
      const void* newline = std::memchr(block_.bytes.data() + begin, '\n', chunk_.end - begin);
      const std::size_t end = newline == nullptr
                                  ? chunk_.end
                                  : static_cast<std::size_t>(static_cast<const char*>(newline) - block_.bytes.data());
      begin_row(begin, end);
      if (block_.layout == RowLayout::kLines)
        take(text_of_row());
      else if (!read_json())
        return;
      begin = end + 1;
    }
  }

 private:
  void begin_row(std::size_t begin, std::size_t end) {
    cancellation_.check();
    row_begin_ = static_cast<std::uint32_t>(begin);
    row_end_ = static_cast<std::uint32_t>(end);
    ++chunk_.result.rows;
  }

  std::string_view text_of_row() const { return block_.bytes.substr(row_begin_, row_end_ - row_begin_); }

  /// False when the row is not JSON.
  bool read_json() {
    const std::string_view row = text_of_row();
    if (row.find_first_not_of(" \t\r") == std::string_view::npos) return true;
    if (json_.read(row, [this](std::string_view text) { take(text); })) return true;
    OverlapMatches& result = chunk_.result;
    result.bad_row = result.rows - 1;
    result.bad_begin = row_begin_;
    result.bad_end = row_end_;
    return false;
  }

  void take(std::string_view text) {
    for (const TextMatcher::Found& found : matcher_.match(text)) {
      const std::string excerpt = matcher_.excerpt(found.begin);
      for (const std::uint32_t member : index_.members_of(found.entry)) {
        chunk_.result.matches.push_back({chunk_.result.rows - 1, row_begin_, row_end_, member, found.kind,
                                         found.similarity, json_.path(), excerpt});
      }
    }
  }

  const OverlapIndex::State& index_;
  const RowBlock& block_;
  Chunk& chunk_;
  const Cancellation& cancellation_;
  TextMatcher matcher_;
  JsonStrings json_;
  std::uint32_t row_begin_ = 0;
  std::uint32_t row_end_ = 0;
};

}  // namespace

OverlapMatches OverlapIndex::match(const RowBlock& block, const Execution& execution) const {
  state_->require(State::Phase::kFinished);
  if (block.bytes.size() > 0xffffffffu) throw InputError("rows: more than 4 GiB in one block");
  if (block.layout == RowLayout::kTexts) TextRows{block.bytes, block.offsets, {}}.check("rows");
  std::vector<Chunk> chunks = chunks_of(block);
  execution.pool.parallel_for(
      chunks.size(), [&](std::size_t i) { ChunkMatcher(*state_, block, chunks[i], execution.cancellation).run(); });
  OverlapMatches all;
  for (Chunk& chunk : chunks) {
    for (OverlapMatch& match : chunk.result.matches) match.row += all.rows;
    all.matches.insert(all.matches.end(), std::make_move_iterator(chunk.result.matches.begin()),
                       std::make_move_iterator(chunk.result.matches.end()));
    if (chunk.result.bad_row != OverlapMatches::kNone) {
      all.bad_row = all.rows + chunk.result.bad_row;
      all.bad_begin = chunk.result.bad_begin;
      all.bad_end = chunk.result.bad_end;
      all.rows += chunk.result.rows;
      return all;
    }
    all.rows += chunk.result.rows;
  }
  return all;
}

}  // namespace tenbin
