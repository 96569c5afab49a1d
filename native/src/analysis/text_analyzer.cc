#include "tenbin/text_analyzer.h"

#include <utility>

#include "analysis/split.h"
#include "analysis/token_filter.h"

namespace tenbin {

TextAnalyzer::TextAnalyzer(SplitRule rule, const TokenFilter& filter)
    : rule_(rule), filter_(std::make_unique<FilterChain>(filter)) {}
TextAnalyzer::~TextAnalyzer() = default;

std::vector<std::string> TextAnalyzer::analyze(std::string_view text) const {
  std::vector<std::string> tokens;
  std::string scratch;
  split(rule_, text, scratch, [&](std::string_view token) { tokens.emplace_back(token); });
  return filter(std::move(tokens));
}

std::vector<std::string> TextAnalyzer::filter(std::vector<std::string> tokens) const {
  std::erase_if(tokens, [this](std::string& token) { return !filter_->apply(token); });
  return tokens;
}

}  // namespace tenbin
