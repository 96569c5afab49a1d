#pragma once

#include <string>
#include <string_view>

#include "analysis/runs.h"
#include "analysis/words.h"
#include "tenbin/split_rule.h"

namespace tenbin {

/// Calls `sink(std::string_view token)` for each token of the text, in order, in lower case. The token is valid during
/// the call only: it may point into `text`, into `scratch`, which grows to half again the longest token at most and
/// which `sink` must leave alone, or into memory of the call itself.
template <typename Sink>
void split(SplitRule rule, std::string_view text, std::string& scratch, Sink&& sink) {
  switch (rule) {
    case SplitRule::kWhitespace:
      return split_runs<WhitespaceRuns>(text, scratch, sink);
    case SplitRule::kWords:
      return split_runs<WordRuns>(text, scratch, sink);
    case SplitRule::kAsciiWords:
      return split_runs<AsciiWordRuns>(text, scratch, sink);
    case SplitRule::kWordsOfTwo:
      return split_runs<WordOfTwoRuns>(text, scratch, sink);
    case SplitRule::kStandard:
      return split_words<StandardRule>(text, scratch, sink);
    case SplitRule::kUnicode:
      return split_words<UnicodeRule>(text, scratch, sink);
  }
}

}  // namespace tenbin
