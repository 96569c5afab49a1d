#include "tenbin/corpus_tokens.h"

#include <algorithm>
#include <map>
#include <set>

#include "analysis/corpus_state.h"
#include "harness.h"
#include "tenbin/errors.h"

using harness::Random;
using tenbin::CorpusTokens;
using tenbin::SplitRule;
using tenbin::TextRows;

namespace {

struct Texts {
  void add(const std::string& text, bool is_cut = false) {
    bytes += text;
    offsets.push_back(static_cast<std::uint32_t>(bytes.size()));
    cut.push_back(is_cut);
  }
  TextRows rows() const { return {bytes, offsets, cut}; }

  std::string bytes;
  std::vector<std::uint32_t> offsets{0};
  std::vector<std::uint8_t> cut;
};

using Counts = std::vector<std::map<std::string, std::size_t>>;

/// How often each term stands in each document.
Counts counts_of(const CorpusTokens& tokens) {
  Counts counts;
  for (const tenbin::CorpusChunk& chunk : tokens.state().chunks) {
    for (std::size_t row = 0; row < chunk.documents(); ++row) {
      auto& document = counts.emplace_back();
      for (auto pair = chunk.pairs_begin(row); pair < chunk.pair_ends[row]; ++pair) {
        const std::uint32_t term = chunk.term_of[chunk.tokens[pair]];
        if (term != CorpusTokens::kDropped) document[std::string(tokens.term(term))] += chunk.counts[pair];
      }
    }
  }
  return counts;
}

std::vector<std::string> terms_of(const CorpusTokens& tokens) {
  std::vector<std::string> terms;
  for (std::size_t i = 0; i < tokens.terms(); ++i) terms.emplace_back(tokens.term(i));
  return terms;
}

}  // namespace

TEST(tokens_are_counted_whatever_the_batches_and_threads) {
  Random random(1);
  Texts all;
  Counts expected;
  for (int d = 0; d < 3000; ++d) {
    std::string text;
    auto& counts = expected.emplace_back();
    // Long documents now and then, so that there are many chunks and counts of more than a byte.
    const std::size_t length = harness::below(random, 100) == 0 ? 40000 : harness::below(random, 60);
    for (std::size_t i = 0; i < length; ++i) {
      std::string word = "w";
      word += std::to_string(harness::below(random, 1 + harness::below(random, 3000)));
      if (harness::below(random, 5) == 0) word += "-and-a-long-tail-of-it";
      (text += word) += harness::below(random, 9) == 0 ? '\n' : ' ';
      ++counts[word];
    }
    all.add(text);
  }
  std::vector<std::string> terms;
  harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
    CorpusTokens tokens(SplitRule::kWhitespace, {});
    const std::size_t batch = 1 + harness::below(random, 3000);
    for (std::size_t first = 0; first < 3000; first += batch) {
      const std::size_t count = std::min<std::size_t>(batch, 3000 - first);
      tokens.add({all.bytes, std::span(all.offsets).subspan(first, count + 1), {}}, execution);
    }
    tokens.finish(execution);
    CHECK_WITH(tokens.documents() == 3000, level);
    CHECK_WITH(counts_of(tokens) == expected, level << ", batches of " << batch);
    if (terms.empty()) terms = terms_of(tokens);
    CHECK_WITH(terms_of(tokens) == terms, level << ": other numbers, batches of " << batch);
  });
  const std::set<std::string> distinct(terms.begin(), terms.end());
  CHECK(distinct.size() == terms.size());
}

TEST(the_filter_drops_and_joins_tokens) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string& level) {
    Texts texts;
    texts.add("The foxes run, a fox is running");
    texts.add("the");
    texts.add("");
    CorpusTokens tokens(SplitRule::kAsciiWords, {false, {"the", "a", "is"}, tenbin::PorterVariant::kNltk});
    tokens.add(texts.rows(), execution);
    tokens.finish(execution);
    CHECK_WITH(counts_of(tokens) == (Counts{{{"fox", 2}, {"run", 2}}, {}, {}}), level);
    CHECK(tokens.terms() == 2);
  });
}

TEST(texts_may_come_cut_into_tokens) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string& level) {
    Texts texts;
    texts.add("New York\xff new york\xffNew York\xff", true);
    texts.add("New York", false);
    texts.add("", true);
    texts.add("no end", true);  // its last token, cut short
    CorpusTokens tokens(SplitRule::kWhitespace, {});
    tokens.add(texts.rows(), execution);
    tokens.finish(execution);
    CHECK_WITH(counts_of(tokens) ==
                   (Counts{{{"New York", 2}, {" new york", 1}}, {{"new", 1}, {"york", 1}}, {}, {{"no end", 1}}}),
               level);
  });
}

TEST(terms_can_be_replaced_from_outside) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string& level) {
    Texts texts;
    texts.add("a b c a");
    texts.add("c d");
    CorpusTokens tokens(SplitRule::kWhitespace, {});
    tokens.add(texts.rows(), execution);
    tokens.finish(execution);
    Texts replacements;
    std::vector<std::uint8_t> dropped;
    for (const std::string& term : terms_of(tokens)) {
      replacements.add(term == "a" || term == "b" ? "ab" : term);
      dropped.push_back(term == "d");
    }
    tokens.replace_terms({replacements.bytes, replacements.offsets, {}}, dropped, execution);
    CHECK_WITH(counts_of(tokens) == (Counts{{{"ab", 3}, {"c", 1}}, {{"c", 1}}}), level);
    // "d" is dropped by now, and stays so when terms are replaced once more.
    Texts once_more;
    std::vector<std::uint8_t> none;
    for (const std::string& term : terms_of(tokens)) {
      once_more.add(term == "ab" ? "c" : term);
      none.push_back(0);
    }
    tokens.replace_terms({once_more.bytes, once_more.offsets, {}}, none, execution);
    CHECK_WITH(counts_of(tokens) == (Counts{{{"c", 4}}, {{"c", 1}}}), level);
    replacements = {};
    replacements.add("c");
    dropped.clear();
    CHECK(harness::message_of<tenbin::InputError>([&] {
            tokens.replace_terms({replacements.bytes, replacements.offsets, {}}, dropped, execution);
          }) == "terms: one row a term is needed");
  });
}

TEST(rows_that_do_not_hold_together_are_refused) {
  harness::at_every_level([](const tenbin::Execution& execution, const std::string&) {
    CorpusTokens tokens(SplitRule::kWords, {});
    const auto add = [&](TextRows rows) {
      return harness::message_of<tenbin::InputError>([&] { tokens.add(rows, execution); });
    };
    const std::vector<std::uint32_t> descending{0, 2, 1, 2};
    const std::vector<std::uint32_t> too_far{0, 3};
    const std::vector<std::uint32_t> good{0, 1, 2};
    const std::vector<std::uint8_t> one{0};
    CHECK(add({"ab", descending, {}}) == "texts: offsets descend at row 1");
    CHECK(add({"ab", too_far, {}}) == "texts: offsets must be one more than rows and end within the bytes");
    CHECK(add({"ab", {}, {}}) == "texts: offsets must be one more than rows and end within the bytes");
    CHECK(add({"ab", good, one}) == "texts: one mark a row is needed");
    CHECK(tokens.documents() == 0);
    const auto finish = [&] { return harness::message_of<tenbin::InputError>([&] { tokens.finish(execution); }); };
    CHECK(harness::message_of<tenbin::InputError>([&] {
            tokens.replace_terms({"", good, {}}, one, execution);
          }) == "documents are not finished");
    CHECK(finish() == "nothing thrown" && finish() == "documents are finished already");
    CHECK(add({"ab", good, {}}) == "documents are finished already");
  });
}

TEST(a_cancelled_analysis_throws) {
  tenbin::ThreadPool pool(2);
  tenbin::Cancellation cancellation;
  const tenbin::Execution execution{pool, tenbin::kernels_for(tenbin::Isa::kBaseline), cancellation};
  Texts texts;
  texts.add("a b");
  CorpusTokens tokens(SplitRule::kWhitespace, {});
  tokens.add(texts.rows(), execution);
  cancellation.cancel();
  CHECK(harness::message_of<tenbin::Cancelled>([&] { tokens.add(texts.rows(), execution); }) == "cancelled");
  CHECK(harness::message_of<tenbin::Cancelled>([&] { tokens.finish(execution); }) == "cancelled");
}
