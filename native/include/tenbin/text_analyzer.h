#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tenbin/split_rule.h"
#include "tenbin/token_filter.h"

namespace tenbin {

class FilterChain;

/// Turns single texts into tokens, as CorpusTokens does whole collections. Threads may share it.
class TextAnalyzer {
 public:
  TextAnalyzer(SplitRule rule, const TokenFilter& filter);
  ~TextAnalyzer();

  /// The text's tokens in order, repeats included.
  std::vector<std::string> analyze(std::string_view text) const;
  /// What the filter leaves of tokens that were cut elsewhere.
  std::vector<std::string> filter(std::vector<std::string> tokens) const;

 private:
  SplitRule rule_;
  std::unique_ptr<const FilterChain> filter_;
};

}  // namespace tenbin
