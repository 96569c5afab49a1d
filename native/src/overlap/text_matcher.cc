#include "overlap/text_matcher.h"

#include <algorithm>

namespace tenbin {

const std::vector<TextMatcher::Found>& TextMatcher::match(std::string_view text) {
  text_ = text;
  units_.clear();
  found_.clear();
  for_each_unit(text, scratch_, [this](Unit unit, std::size_t) { units_.push_back(unit); });
  if (units_.empty()) return found_;
  find_exact();
  find_near();
  find_runs();
  std::ranges::sort(found_, {}, &Found::entry);
  return found_;
}

void TextMatcher::find_exact() {
  exact_ = index_.find_exact(units_);
  if (exact_ == OverlapIndex::State::kNoEntry) return;
  const bool is_short = half_words(units_) < OverlapIndex::State::kShortHalfWords;
  found_.push_back({exact_, is_short ? OverlapKind::kShort : OverlapKind::kExact, 1, 0});
}

void TextMatcher::find_near() {
  if (half_words(units_) < OverlapIndex::State::kNearHalfWords) return;
  make_shingles(units_, shingles_);
  Sketch sketch;
  make_sketch(shingles_, sketch);
  candidates_.clear();
  for (std::size_t band = 0; band < index_.bands.count(); ++band) {
    for (const HashPostings::Entry& posting : index_.near.find(index_.bands.key(sketch, band))) {
      candidates_.push_back(posting.text);
    }
  }
  if (candidates_.empty()) return;
  std::ranges::sort(candidates_);
  const auto repeated = std::ranges::unique(candidates_);
  candidates_.erase(repeated.begin(), repeated.end());
  make_set(units_, set_);
  const SketchBytes bytes = bytes_of(sketch);
  for (const std::uint32_t entry : candidates_) {
    if (entry == exact_) continue;
    // More than three standard deviations of the estimate below what it should be.
    if (estimate(bytes, index_.sketches[entry]) < index_.bands.of_shingles() - 0.15) continue;
    const std::size_t size = set_.size();
    const std::size_t other_size = index_.set_sizes[entry];
    // Nothing is more similar than the smaller set within the larger.
    const double most =
        static_cast<double>(std::min(size, other_size)) / static_cast<double>(std::max(size, other_size));
    if (most < index_.options.similarity) continue;
    make_set(index_.units_of(entry), other_set_);
    const double similarity = jaccard(set_, other_set_);
    if (similarity < index_.options.similarity) continue;
    found_.push_back({entry, OverlapKind::kNear, static_cast<float>(similarity), 0});
  }
}

void TextMatcher::find_runs() {
  runs_.clear();
  index_.runs.for_each_probe(units_, hashes_, [this](std::uint64_t hash, std::size_t begin, std::uint64_t) {
    for (const HashPostings::Entry& posting : index_.probes.find(hash)) extend(posting, begin);
  });
  if (runs_.empty()) return;
  const std::size_t known = found_.size();
  for (const auto& [entry, run] : runs_) {
    if (run.length == 0) continue;
    const auto is_same = [entry](const Found& found) { return found.entry == entry; };
    if (std::any_of(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(known), is_same)) continue;
    const auto length = static_cast<float>(index_.units_of(entry).size());
    found_.push_back({entry, OverlapKind::kContained, static_cast<float>(run.length) / length, run.begin});
  }
}

void TextMatcher::extend(const HashPostings::Entry& posting, std::size_t begin) {
  const std::span<const Unit> entry = index_.units_of(posting.text);
  const std::ptrdiff_t diagonal = static_cast<std::ptrdiff_t>(begin) - static_cast<std::ptrdiff_t>(posting.position);
  Run& run = runs_[posting.text];
  if (run.diagonal == diagonal && begin < run.last_end) return;
  if (run.work > kMostWork && begin < run.covered_end) return;
  std::size_t first = begin;
  std::size_t position = posting.position;
  while (first > 0 && position > 0 && units_[first - 1] == entry[position - 1]) {
    --first;
    --position;
  }
  const std::size_t most = std::min(units_.size() - first, entry.size() - position);
  std::size_t length = begin - first;
  while (length < most && units_[first + length] == entry[position + length]) ++length;
  run.diagonal = diagonal;
  run.last_end = first + length;
  run.work += length;
  const bool whole = length == entry.size();
  if (!whole && index_.runs.weight(entry.subspan(position, length)) < index_.runs.run()) return;
  run.covered_end = run.last_end;
  if (length <= run.length) return;
  run.length = length;
  run.begin = first;
}

std::string TextMatcher::excerpt(std::size_t begin) {
  constexpr std::size_t kBytes = 160;
  std::size_t number = 0;
  std::size_t at = 0;
  for_each_unit(text_, scratch_, [&](Unit, std::size_t unit_begin) {
    if (number++ == begin) at = unit_begin;
  });
  std::size_t end = std::min(text_.size(), at + kBytes);
  // Not in the middle of a character.
  while (end < text_.size() && end > at && (static_cast<std::uint8_t>(text_[end]) & 0xc0) == 0x80) --end;
  return std::string(text_.substr(at, end - at));
}

}  // namespace tenbin
