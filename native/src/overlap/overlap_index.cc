#include "tenbin/overlap_index.h"

#include <algorithm>
#include <utility>

#include "overlap/overlap_state.h"
#include "tenbin/errors.h"

namespace tenbin {

namespace {

/// Texts that one thread takes at a time.
constexpr std::size_t kTextsPerChunk = 256;

std::uint64_t hash_of(std::span<const Unit> units) noexcept {
  std::uint64_t hash = units.size();
  for (const Unit unit : units) hash = mix(hash, unit);
  return hash;
}

/// Calls `body(first, last, chunk)` for stretches of [0, count) on the pool.
template <typename Body>
void for_each_chunk(std::size_t count, const Execution& execution, Body&& body) {
  execution.pool.parallel_for((count + kTextsPerChunk - 1) / kTextsPerChunk, [&](std::size_t chunk) {
    execution.cancellation.check();
    body(chunk * kTextsPerChunk, std::min(count, (chunk + 1) * kTextsPerChunk), chunk);
  });
}

/// A text's units, found by one thread for another to add.
struct CutTexts {
  std::vector<Unit> units;
  std::vector<std::size_t> ends;
};

/// The number of the entry with these units, which is added if need be.
std::uint32_t add_entry(OverlapIndex::State& state, std::span<const Unit> units) {
  const std::uint64_t hash = hash_of(units);
  const auto [begin, end] = state.entry_by_hash.equal_range(hash);
  for (auto known = begin; known != end; ++known) {
    if (std::ranges::equal(state.units_of(known->second), units)) return known->second;
  }
  const auto entry = static_cast<std::uint32_t>(state.entries());
  state.units.insert(state.units.end(), units.begin(), units.end());
  state.unit_begin.push_back(state.units.size());
  state.entry_by_hash.emplace(hash, entry);
  return entry;
}

void seal_exact(OverlapIndex::State& state) {
  for (const auto& [hash, entry] : state.entry_by_hash) state.exact.add(hash, entry, 0);
  state.exact.seal(OverlapIndex::State::kNoEntry);
  std::unordered_multimap<std::uint64_t, std::uint32_t>().swap(state.entry_by_hash);
}

void add_probes(OverlapIndex::State& state) {
  std::vector<std::uint64_t> scratch;
  for (std::size_t entry = 0; entry < state.entries(); ++entry) {
    std::uint64_t due = 0;
    state.runs.for_each_probe(
        state.units_of(entry), scratch, [&](std::uint64_t hash, std::size_t begin, std::uint64_t weight) {
          if (weight < due) return;
          state.probes.add(hash, static_cast<std::uint32_t>(entry), static_cast<std::uint32_t>(begin));
          due = weight + state.runs.stride();
        });
  }
  state.probes.seal(OverlapIndex::State::kMostAlike);
}

void add_sketches(OverlapIndex::State& state, const Execution& execution) {
  const std::size_t count = state.entries();
  const std::size_t bands = state.bands.count();
  state.set_sizes.assign(count, 0);
  state.sketches.resize(count);
  std::vector<std::uint64_t> keys(count * bands);
  for_each_chunk(count, execution, [&](std::size_t first, std::size_t last, std::size_t) {
    std::vector<std::uint64_t> shingles;
    std::vector<Unit> words;
    Sketch sketch;
    for (std::size_t entry = first; entry < last; ++entry) {
      const std::span<const Unit> units = state.units_of(entry);
      if (half_words(units) < OverlapIndex::State::kNearHalfWords) continue;
      make_shingles(units, shingles);
      make_sketch(shingles, sketch);
      state.sketches[entry] = bytes_of(sketch);
      for (std::size_t band = 0; band < bands; ++band) keys[entry * bands + band] = state.bands.key(sketch, band);
      make_set(units, words);
      state.set_sizes[entry] = static_cast<std::uint32_t>(words.size());
    }
  });
  for (std::size_t entry = 0; entry < count; ++entry) {
    if (state.set_sizes[entry] == 0) continue;
    for (std::size_t band = 0; band < bands; ++band) {
      state.near.add(keys[entry * bands + band], static_cast<std::uint32_t>(entry), 0);
    }
  }
  state.near.seal(OverlapIndex::State::kMostAlike);
}

void group_members(OverlapIndex::State& state) {
  std::vector<std::uint64_t> next(state.entries() + 1);
  for (const std::uint32_t entry : state.entry_of) {
    if (entry != OverlapIndex::State::kNoEntry) ++next[entry + 1];
  }
  for (std::size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
  state.member_begin = next;
  state.members.resize(next.back());
  for (std::size_t text = 0; text < state.entry_of.size(); ++text) {
    const std::uint32_t entry = state.entry_of[text];
    if (entry != OverlapIndex::State::kNoEntry) state.members[next[entry]++] = static_cast<std::uint32_t>(text);
  }
}

}  // namespace

std::uint32_t OverlapIndex::State::find_exact(std::span<const Unit> wanted) const noexcept {
  for (const HashPostings::Entry& found : exact.find(hash_of(wanted))) {
    if (std::ranges::equal(units_of(found.text), wanted)) return found.text;
  }
  return kNoEntry;
}

void OverlapIndex::State::require(Phase wanted) const {
  if (phase == wanted) return;
  throw InputError(phase == Phase::kAdding     ? "texts are not finished"
                   : phase == Phase::kFinished ? "texts are finished already"
                                               : "texts were given up half way");
}

OverlapIndex::OverlapIndex(const OverlapOptions& options) {
  const auto within = [](std::uint32_t value, std::uint32_t least, std::uint32_t most) {
    return value >= least && value <= most;
  };
  if (!within(options.run_words, 2, 1000)) throw InputError("run_words must be between 2 and 1000");
  if (!within(options.run_characters, 2, 1000)) throw InputError("run_characters must be between 2 and 1000");
  if (!(options.similarity > 0 && options.similarity <= 1)) throw InputError("similarity must be in (0, 1]");
  state_ = std::make_unique<State>(options);
}
OverlapIndex::~OverlapIndex() = default;
OverlapIndex::OverlapIndex(OverlapIndex&&) noexcept = default;
OverlapIndex& OverlapIndex::operator=(OverlapIndex&&) noexcept = default;

std::size_t OverlapIndex::size() const noexcept { return state_->entry_of.size(); }

void OverlapIndex::add(const TextRows& texts, const Execution& execution) {
  State& state = *state_;
  state.require(State::Phase::kAdding);
  texts.check("texts");
  if (size() + texts.size() >= State::kNoEntry) throw InputError("texts: too many to compare with");
  std::vector<CutTexts> cut((texts.size() + kTextsPerChunk - 1) / kTextsPerChunk);
  for_each_chunk(texts.size(), execution, [&](std::size_t first, std::size_t last, std::size_t chunk) {
    std::string scratch;
    for (std::size_t i = first; i < last; ++i) {
      for_each_unit(texts.row(i), scratch, [&](Unit unit, std::size_t) { cut[chunk].units.push_back(unit); });
      cut[chunk].ends.push_back(cut[chunk].units.size());
    }
  });
  for (const CutTexts& chunk : cut) {
    std::size_t begin = 0;
    for (const std::size_t end : chunk.ends) {
      const std::span<const Unit> units = std::span(chunk.units).subspan(begin, end - begin);
      begin = end;
      state.entry_of.push_back(units.empty() ? State::kNoEntry : add_entry(state, units));
    }
  }
}

void OverlapIndex::finish(const Execution& execution) {
  State& state = *state_;
  state.require(State::Phase::kAdding);
  state.phase = State::Phase::kBroken;
  group_members(state);
  seal_exact(state);
  add_probes(state);
  execution.cancellation.check();
  add_sketches(state, execution);
  state.phase = State::Phase::kFinished;
}

}  // namespace tenbin
