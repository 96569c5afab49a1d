#include "analysis/token_filter.h"

#include <algorithm>
#include <iterator>

#include "analysis/porter.h"

namespace tenbin {

namespace {

/// ' and its typographic and full-width forms, which Lucene's EnglishPossessiveFilter knows, before an s.
constexpr std::string_view kPossessives[] = {"'s", "\xe2\x80\x99s", "\xef\xbc\x87s"};

void remove_possessive(std::string& token) {
  const auto ends = [&token](std::string_view suffix) { return token.ends_with(suffix); };
  const auto suffix = std::ranges::find_if(kPossessives, ends);
  if (suffix != std::end(kPossessives)) token.resize(token.size() - suffix->size());
}

}  // namespace

FilterChain::FilterChain(const TokenFilter& filter)
    : possessive_(filter.possessive),
      stop_words_(filter.stop_words.begin(), filter.stop_words.end()),
      stemmer_(filter.stemmer) {}

bool FilterChain::apply(std::string& token) const {
  if (possessive_) remove_possessive(token);
  if (token.empty() || stop_words_.contains(token)) return false;
  if (stemmer_) porter_stem(*stemmer_, token);
  return true;
}

}  // namespace tenbin
