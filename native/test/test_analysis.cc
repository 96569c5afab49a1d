#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/lower_case.h"
#include "analysis/porter.h"
#include "analysis/split.h"
#include "analysis/token_filter.h"
#include "tenbin/errors.h"
#include "test/harness.h"
#include "test/naive_split.h"

namespace {

using harness::below;
using harness::Random;
using tenbin::PorterVariant;
using tenbin::SplitRule;
using Tokens = std::vector<std::string>;

constexpr std::array kRules{SplitRule::kWhitespace, SplitRule::kWords,    SplitRule::kAsciiWords,
                            SplitRule::kWordsOfTwo, SplitRule::kStandard, SplitRule::kUnicode};
constexpr std::array kRunRules{SplitRule::kWhitespace, SplitRule::kWords, SplitRule::kAsciiWords,
                               SplitRule::kWordsOfTwo};

Tokens tokens_of(SplitRule rule, std::string_view text) {
  Tokens tokens;
  std::string scratch;
  tenbin::split(rule, text, scratch, [&tokens](std::string_view token) { tokens.emplace_back(token); });
  return tokens;
}

std::string joined(const Tokens& tokens) {
  std::string joined;
  for (const std::string& token : tokens) joined += (joined.empty() ? "" : "|") + token;
  return joined;
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += part;
  return all;
}

std::string stem(PorterVariant variant, std::string word) {
  tenbin::porter_stem(variant, word);
  return word;
}

/// Letters, capitals, marks, spaces, quotes, digits of several scripts, emoji, and bytes that are not UTF-8.
std::string random_text(Random& random) {
  static const std::vector<std::string> parts{"a",
                                              "word",
                                              "WORD",
                                              "Z9",
                                              "_",
                                              " ",
                                              "\t",
                                              "\x1c",
                                              "\u0085",
                                              "\u00a0",
                                              ".",
                                              ",",
                                              ":",
                                              "'",
                                              "\"",
                                              "\u03a3",
                                              "a\u03a3",
                                              "\u0301",
                                              "\u0130",
                                              "\u00df",
                                              "\u023a",
                                              "\u212a",
                                              "\u0416",
                                              "\u05d0",
                                              "\u0939\u093f",
                                              "\u65e5",
                                              "\u30ab",
                                              "\u3072",
                                              "\ud55c",
                                              "\u0e44",
                                              "\u0661",
                                              "\u200d",
                                              "\u00ad",
                                              "\U0001f600",
                                              "\U0001f3fd",
                                              "\U0001f1e9",
                                              "\U00010400",
                                              "\ufe0f",
                                              "\u20e3",
                                              "#",
                                              std::string(1, '\0'),
                                              "\xff",
                                              "\xed\xa0\x80",
                                              "\xc0\x80",
                                              "\xe2\x82",
                                              "\xf0\x9f\x98",
                                              "\x80"};
  std::string text(below(random, 130), below(random, 2) == 0 ? ' ' : 'x');
  for (std::size_t n = below(random, 40); n > 0; --n) text += parts[below(random, parts.size())];
  return text;
}

struct Example {
  std::string_view input;
  std::string_view want;
};

}  // namespace

TEST(rules_are_known_by_their_names) {
  for (const SplitRule rule : kRules) CHECK(tenbin::split_rule_from_name(tenbin::name_of(rule)) == rule);
  CHECK(
      harness::message_of<tenbin::InputError>([] { tenbin::split_rule_from_name("word"); }) ==
      "split rule 'word' is not known; choose one of whitespace, words, ascii_words, words_of_two, standard, unicode");
}

TEST(utf8_is_decoded_as_the_encoding_standard_does) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xd800 && c < 0xe000) continue;
    const std::string bytes = naive::encoded(c);
    const auto [code_point, length] = tenbin::decode_utf8(bytes.data(), bytes.data() + bytes.size());
    CHECK_WITH(code_point == c && length == bytes.size(), static_cast<std::uint32_t>(c));
  }
  // Lengths of the parts of which each reads as U+FFFD, or as ASCII.
  const std::vector<std::pair<std::string_view, std::vector<std::size_t>>> broken{
      {"\xc0\x80", {1, 1}},                // overlong
      {"\xe0\x80\x80", {1, 1, 1}},         // overlong
      {"\xed\xa0\x80", {1, 1, 1}},         // surrogate
      {"\xf4\x90\x80\x80", {1, 1, 1, 1}},  // beyond U+10FFFF
      {"\xf5\x80", {1, 1}},
      {"\xc2z", {1, 1}},
      {"\xe2\x82z", {2, 1}},
      {"\xf0\x9f\x98z", {3, 1}},
      {"\xf0\x9f\x98", {3}},
      {"\x80\xff", {1, 1}},
  };
  for (const auto& [input, lengths] : broken) {
    std::vector<std::size_t> got;
    for (const naive::Piece& piece : naive::pieces_of(input)) got.push_back(piece.bytes.size());
    CHECK_WITH(got == lengths, input);
  }
}

TEST(runs_are_those_of_the_naive_way) {
  Random random(1);
  for (int round = 0; round < 5000; ++round) {
    const std::string input = random_text(random);
    for (const SplitRule rule : kRunRules) {
      CHECK_WITH(tokens_of(rule, input) == naive::split(rule, input), tenbin::name_of(rule) << ": " << input);
    }
  }
}

TEST(every_code_point_is_where_it_belongs) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    const std::string input = std::string("a").append(naive::encoded(c)).append("B");
    for (const SplitRule rule : {SplitRule::kWhitespace, SplitRule::kWords}) {
      CHECK_WITH(tokens_of(rule, input) == naive::split(rule, input), static_cast<std::uint32_t>(c));
    }
  }
}

TEST(lower_case_is_pythons) {
  // What CPython 3.11 answers.
  for (const auto& [input, want] : std::initializer_list<Example>{{"\u0391\u03a3", "\u03b1\u03c2"},
                                                                  {"\u03a3", "\u03c3"},
                                                                  {"A\u03a3.", "a\u03c2."},
                                                                  {"A\u03a3.B", "a\u03c3.b"},
                                                                  {"\u02b0\u03a3", "\u02b0\u03c3"},
                                                                  {"A\u03a3\u03a3", "a\u03c3\u03c2"},
                                                                  {"\u0130x", "i\u0307x"},
                                                                  {"\u212a\u2126\u023a", "k\u03c9\u2c65"},
                                                                  {"ABCDEFGHIJ\xffZ", "abcdefghij\xffz"}}) {
    std::string scratch;
    CHECK_WITH(tenbin::lower_case(input, scratch) == want, input);
  }
}

TEST(standard_words_are_lucenes) {
  // What StandardTokenizer and LowerCaseFilter of Lucene 8.7 answer.
  for (const auto& [input, want] : std::initializer_list<Example>{
           {"The U.S. can't pay $3,141.59 or 50% of x_y_z, e.g. a:b 2.a a.2 1'2 -- __init__ _ __",
            "the|u.s|can't|pay|3,141.59|or|50|of|x_y_z|e.g|a:b|2|a|a|2|1'2|__init__"},
           {"O\u2019Neil's na\u00efve cafe\u0301 \u0130STANBUL \u0391\u03a3 \u212a",
            "o\u2019neil's|na\u00efve|cafe\u0301|istanbul|\u03b1\u03c3|k"},
           {"\u05e6\u05d4\"\u05dc \u05e6' 1\u05d2' \u05d2.\u05d2\"\u05d2",
            "\u05e6\u05d4\"\u05dc|\u05e6'|1\u05d2'|\u05d2.\u05d2|\u05d2"},
           {"\u0939\u093f\u0928\u094d\u0926\u0940 \u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22abc",
            "\u0939\u093f\u0928\u094d\u0926\u0940|\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22|abc"},
           {"\u6f22\u5b57\u304b\u306a\u30ab\u30bf\u30ab\u30ca\u30fc \ud55c\uae00abc \U00020000",
            "\u6f22|\u5b57|\u304b|\u306a|\u30ab\u30bf\u30ab\u30ca\u30fc|\ud55c\uae00abc|\U00020000"},
           {"\U0001f600 \U0001f469\U0001f3fd\u200d\U0001f680\U0001f469 \U0001f1e9\U0001f1ea\U0001f1eb",
            "\U0001f600|\U0001f469\U0001f3fd\u200d\U0001f680|\U0001f469|\U0001f1e9\U0001f1ea"},
           {"1\ufe0f\u20e3 #\ufe0f\u20e3 *\u20e3 # \u260e\ufe0f \u00a9 a\U0001f3fd",
            "1\ufe0f\u20e3|#\ufe0f\u20e3|*\u20e3|\u260e\ufe0f|\u00a9|a|\U0001f3fd"},
           {"a\u200bb a\u00adb \u0301x e\u20dd \uff11\uff12 \u00bd \u0663\u066b\u0661",
            "a|b|a\u00adb|x|e\u20dd|\uff11\uff12|\u0663\u066b\u0661"}}) {
    CHECK_WITH(joined(tokens_of(SplitRule::kStandard, input)) == want, input);
  }
}

TEST(standard_words_are_cut_at_255_units) {
  const auto sizes = [](const std::string& input) {
    std::vector<std::size_t> of_tokens;
    for (const std::string& token : tokens_of(SplitRule::kStandard, input)) of_tokens.push_back(token.size());
    return of_tokens;
  };
  using Sizes = std::vector<std::size_t>;
  CHECK((sizes(repeated("a", 600)) == Sizes{255, 255, 90}));
  CHECK((sizes(repeated("\u0416", 300)) == Sizes{2 * 255, 2 * 45}));
  CHECK((sizes(repeated("\U00010428", 200)) == Sizes{4 * 127, 4 * 73}));
  CHECK((sizes(repeated("a", 254) + "'b") == Sizes{254, 1}));
  // Leading underscores count, and those that are too far from the letter are skipped.
  CHECK((sizes(repeated("_", 1000) + "a") == Sizes{255}));
  CHECK((sizes(repeated("_", 1000) + "\u0301 a") == Sizes{1}));
  CHECK((sizes(repeated("\u200d", 1000) + "\U0001f600") == Sizes{3 * 253 + 4}));
}

TEST(unicode_words_are_icus) {
  // What Intl.Segmenter of ICU 78 calls word-like, in lower case.
  for (const auto& [input, want] : std::initializer_list<Example>{
           {"The U.S. can't pay $3,141.59 or 50% of x_y_z, e.g. a:b 2.a a.2 1'2 -- __init__ _ __",
            "the|u.s|can't|pay|3,141.59|or|50|of|x_y_z|e.g|a:b|2|a|a|2|1'2|__init__|__"},
           {"O\u2019Neil's na\u00efve cafe\u0301 \u0130STANBUL \u0391\u03a3 \u212a",
            "o\u2019neil's|na\u00efve|cafe\u0301|i\u0307stanbul|\u03b1\u03c2|k"},
           {"\u05e6\u05d4\"\u05dc \u05e6' 1\u05d2' \u05d2.\u05d2\"\u05d2",
            "\u05e6\u05d4\"\u05dc|\u05e6'|1\u05d2'|\u05d2.\u05d2\"\u05d2"},
           {"\u0939\u093f\u0928\u094d\u0926\u0940 2023\ub144 \ud55c\uad6d\uc5b4",
            "\u0939\u093f\u0928\u094d\u0926\u0940|2023|\ub144|\ud55c\uad6d\uc5b4"},
           {"\U0001f600 1\ufe0f\u20e3 #\ufe0f\u20e3 a\U0001f3fd \U0001f1e9\U0001f1ea", "1\ufe0f\u20e3|a\U0001f3fd"},
           {"a\u200bb a\u00adb \u0301x e\u20dd \u00bd \u0663\u066b\u0661",
            "a|b|a\u00adb|x|e\u20dd|\u0663\u066b\u0661"}}) {
    CHECK_WITH(joined(tokens_of(SplitRule::kUnicode, input)) == want, input);
  }
}

TEST(where_a_word_lies_in_the_text_does_not_matter) {
  Random random(2);
  for (int round = 0; round < 3000; ++round) {
    const std::string input = random_text(random);
    for (const SplitRule rule : kRules) {
      const Tokens tokens = tokens_of(rule, input);
      const std::string moved = std::string(1 + below(random, 70), '\n') + input + std::string(below(random, 70), '\n');
      CHECK_WITH(tokens_of(rule, moved) == tokens, tenbin::name_of(rule) << ": " << input);
    }
  }
}

TEST(a_token_may_be_long) {
  const std::string word = repeated("Abc\u03a3\u0301", 300'000);
  for (const SplitRule rule : {SplitRule::kWhitespace, SplitRule::kUnicode}) {
    const Tokens tokens = tokens_of(rule, " " + word);
    CHECK(tokens.size() == 1 && tokens[0] == naive::lower(naive::pieces_of(word)));
  }
}

TEST(stems_are_nltks) {
  // What NLTK 3.10 answers; test/golden/porter.tsv has more.
  for (const auto& [word, want] : std::initializer_list<Example>{{"skies", "sky"},
                                                                 {"dying", "die"},
                                                                 {"ties", "tie"},
                                                                 {"flies", "fli"},
                                                                 {"died", "die"},
                                                                 {"spied", "spi"},
                                                                 {"enjoy", "enjoy"},
                                                                 {"happy", "happi"},
                                                                 {"by", "by"},
                                                                 {"bus", "bu"},
                                                                 {"cpus", "cpu"},
                                                                 {"2020s", "2020"},
                                                                 {"university", "univers"},
                                                                 {"generously", "gener"},
                                                                 {"geologi", "geolog"},
                                                                 {"nationalli", "nation"},
                                                                 {"hopping", "hop"},
                                                                 {"falling", "fall"},
                                                                 {"fizzed", "fizz"},
                                                                 {"filing", "file"},
                                                                 {"agreed", "agre"},
                                                                 {"feed", "feed"},
                                                                 {"adoption", "adopt"},
                                                                 {"controll", "control"},
                                                                 {"abed", "abe"},
                                                                 {"yyyyed", "yyyi"},
                                                                 {"caf\u00e9s", "caf\u00e9"},
                                                                 {"\u00e9\u00e9aed", "\u00e9\u00e9a"}}) {
    CHECK_WITH(stem(PorterVariant::kNltk, std::string(word)) == want, word);
  }
}

TEST(stems_are_lucenes) {
  // What PorterStemFilter of Lucene 8.7 answers where NLTK differs.
  for (const auto& [word, want] : std::initializer_list<Example>{{"skies", "ski"},
                                                                 {"dying", "dy"},
                                                                 {"ties", "ti"},
                                                                 {"died", "di"},
                                                                 {"enjoy", "enjoi"},
                                                                 {"sky", "sky"},
                                                                 {"geologi", "geologi"},
                                                                 {"news", "new"},
                                                                 {"happy", "happi"},
                                                                 {"university", "univers"}}) {
    CHECK_WITH(stem(PorterVariant::kMartin, std::string(word)) == want, word);
  }
}

TEST(a_stem_is_not_longer_than_its_word) {
  Random random(3);
  const std::vector<std::string> parts{"a",   "e",       "y",    "s",  "bl",     "ing",        "ed",
                                       "ies", "ational", "alli", "ll", "\u00e9", "\U00010428", "\xff"};
  for (int round = 0; round < 100'000; ++round) {
    std::string word;
    for (std::size_t n = 1 + below(random, 6); n > 0; --n) word += parts[below(random, parts.size())];
    for (const PorterVariant variant : {PorterVariant::kNltk, PorterVariant::kMartin}) {
      const std::string result = stem(variant, word);
      CHECK_WITH(!result.empty() && result.size() <= word.size(), word << " -> " << result);
    }
  }
  const std::string long_word(5'000'000, 'y');
  CHECK(stem(PorterVariant::kNltk, long_word + "ing").size() >= long_word.size());
}

TEST(filters_work_in_the_order_of_lucene) {
  const tenbin::FilterChain chain({true, {"the", "it", "running"}, PorterVariant::kMartin});
  const auto filtered = [&chain](std::string token) { return chain.apply(token) ? token : std::string("-"); };
  CHECK(filtered("fox's") == "fox");
  CHECK(filtered("fox\u2019s") == "fox");
  CHECK(filtered("fox\uff07s") == "fox");
  CHECK(filtered("foxes'") == "foxes'");
  CHECK(filtered("it's") == "-");
  CHECK(filtered("running") == "-");
  CHECK(filtered("runs") == "run");
  CHECK(filtered("'s") == "-");
  const tenbin::FilterChain none({});
  std::string token = "fox's";
  CHECK(none.apply(token) && token == "fox's");
}
