#include "analysis/porter.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace tenbin {

namespace {

enum class Letter : std::uint8_t { kConsonant, kVowel, kY };

constexpr std::array<Letter, 256> kLetters = [] {
  std::array<Letter, 256> letters{};
  for (const unsigned char vowel : std::string_view("aeiou")) letters[vowel] = Letter::kVowel;
  letters['y'] = Letter::kY;
  return letters;
}();

constexpr bool is_continuation(char byte) noexcept { return (static_cast<std::uint8_t>(byte) & 0xc0) == 0x80; }
constexpr bool is_supplementary(char first_byte) noexcept { return static_cast<std::uint8_t>(first_byte) >= 0xf0; }

struct Rule {
  std::string_view suffix;
  std::string_view replacement;
};

/// Rules of which the first whose suffix fits is taken. They are looked up by the last letter but one.
template <std::size_t n>
class RuleList {
 public:
  constexpr explicit RuleList(const Rule (&rules)[n]) {
    std::size_t filled = 0;
    for (std::size_t letter = 0; letter < 256; ++letter) {
      begins_[letter] = static_cast<std::uint8_t>(filled);
      for (const Rule& rule : rules) {
        if (static_cast<std::uint8_t>(rule.suffix.end()[-2]) == letter) rules_[filled++] = rule;
      }
    }
    begins_[256] = static_cast<std::uint8_t>(filled);
  }

  constexpr const Rule* find(std::string_view word) const noexcept {
    if (word.size() < 2) return nullptr;
    const auto letter = static_cast<std::uint8_t>(word.end()[-2]);
    for (std::size_t i = begins_[letter]; i < begins_[letter + 1u]; ++i) {
      if (word.ends_with(rules_[i].suffix)) return &rules_[i];
    }
    return nullptr;
  }

 private:
  std::array<Rule, n> rules_{};
  std::array<std::uint8_t, 257> begins_{};
};

constexpr RuleList kStep2({{"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"},   {"anci", "ance"},
                           {"izer", "ize"},    {"bli", "ble"},     {"alli", "al"},     {"entli", "ent"},
                           {"eli", "e"},       {"ousli", "ous"},   {"ization", "ize"}, {"ation", "ate"},
                           {"ator", "ate"},    {"alism", "al"},    {"iveness", "ive"}, {"fulness", "ful"},
                           {"ousness", "ous"}, {"aliti", "al"},    {"iviti", "ive"},   {"biliti", "ble"}});

constexpr RuleList kStep3(
    {{"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""}, {"ness", ""}});

constexpr RuleList kStep4({{"al", ""},
                           {"ance", ""},
                           {"ence", ""},
                           {"er", ""},
                           {"ic", ""},
                           {"able", ""},
                           {"ible", ""},
                           {"ant", ""},
                           {"ement", ""},
                           {"ment", ""},
                           {"ent", ""},
                           {"ion", ""},
                           {"ou", ""},
                           {"ism", ""},
                           {"ate", ""},
                           {"iti", ""},
                           {"ous", ""},
                           {"ive", ""},
                           {"ize", ""}});

/// Words whose stem NLTK takes from a list.
constexpr Rule kIrregular[] = {
    {"sky", "sky"},        {"skies", "sky"},       {"dying", "die"},        {"lying", "lie"},
    {"tying", "tie"},      {"news", "news"},       {"innings", "inning"},   {"inning", "inning"},
    {"outings", "outing"}, {"outing", "outing"},   {"cannings", "canning"}, {"canning", "canning"},
    {"howe", "howe"},      {"proceed", "proceed"}, {"exceed", "exceed"},    {"succeed", "succeed"}};

/// One word on its way through the steps of Porter's paper. Stems are given by their length in bytes.
template <PorterVariant kVariant>
class Stemming {
 public:
  explicit Stemming(std::string& word) : word_(word) {}

  void run() {
    if constexpr (kNltk) {
      const auto irregular = std::ranges::find(kIrregular, std::string_view(word_), &Rule::suffix);
      if (irregular != std::end(kIrregular)) {
        word_ = irregular->replacement;
        return;
      }
    }
    if (letters(size()) <= 2) return;
    remove_plural();
    remove_participle();
    mend_final_y();
    shorten_double_suffix();
    apply(kStep3.find(word_), 1);
    remove_suffix();
    remove_final_e();
    if (ends_with("ll") && measure(size() - 1) > 1) word_.pop_back();
  }

 private:
  static constexpr bool kNltk = kVariant == PorterVariant::kNltk;

  std::size_t size() const noexcept { return word_.size(); }
  bool ends_with(std::string_view suffix) const noexcept { return word_.ends_with(suffix); }
  /// Length of what is before a suffix of the word.
  std::size_t before(std::string_view suffix) const noexcept { return size() - suffix.size(); }

  void replace(std::string_view suffix, std::string_view replacement) {
    word_.replace(before(suffix), suffix.size(), replacement);
  }

  void apply(const Rule* rule, int least_measure) {
    if (rule != nullptr && measure(before(rule->suffix)) >= least_measure) replace(rule->suffix, rule->replacement);
  }

  /// How many letters the stem has, of many letters any number above four.
  std::size_t letters(std::size_t stem) const noexcept {
    std::size_t count = 0;
    for (std::size_t i = 0; i < stem && count <= 4; ++i) {
      count += !is_continuation(word_[i]);
      if constexpr (!kNltk) count += is_supplementary(word_[i]);
    }
    return count;
  }

  /// Porter's m, how often a vowel is followed by a consonant, but no more than 2.
  int measure(std::size_t stem) const noexcept {
    int count = 0;
    bool after_vowel = false;
    bool after_consonant = false;
    for (std::size_t i = 0; i < stem; ++i) {
      const Letter letter = kLetters[static_cast<std::uint8_t>(word_[i])];
      const bool vowel = letter == Letter::kVowel || (letter == Letter::kY && after_consonant);
      if (after_vowel && !vowel && ++count == 2) break;
      after_vowel = vowel;
      after_consonant = !vowel;
    }
    return count;
  }

  bool has_vowel(std::size_t stem) const noexcept {
    for (std::size_t i = 0; i < stem; ++i) {
      const Letter letter = kLetters[static_cast<std::uint8_t>(word_[i])];
      // A y behind anything but a vowel, which would have been found, is one.
      if (letter == Letter::kVowel || (letter == Letter::kY && i > 0)) return true;
    }
    return false;
  }

  /// Whether byte i belongs to a consonant. A y is one unless it follows a consonant.
  bool is_consonant(std::size_t i) const noexcept {
    bool flip = false;
    while (i > 0 && word_[i] == 'y') {
      flip = !flip;
      --i;
    }
    return (kLetters[static_cast<std::uint8_t>(word_[i])] != Letter::kVowel) != flip;
  }

  /// Where the last letter of a stem that has one begins.
  std::size_t last_letter(std::size_t stem) const noexcept {
    std::size_t begin = stem - 1;
    while (begin > 0 && stem - begin < 4 && is_continuation(word_[begin])) --begin;
    return begin;
  }

  /// Two units of UTF-16 are different consonants.
  bool is_two_letters(std::size_t begin) const noexcept { return !kNltk && is_supplementary(word_[begin]); }

  /// Porter's *d.
  bool ends_in_double_consonant() const noexcept {
    const std::string_view word(word_);
    const std::size_t begin = last_letter(size());
    const std::string_view letter = word.substr(begin);
    return word.substr(0, begin).ends_with(letter) && is_consonant(begin) && !is_two_letters(begin);
  }

  /// Porter's *o: consonant, vowel, consonant other than w, x and y. To NLTK also a vowel and a consonant alone.
  bool ends_short(std::size_t stem) const noexcept {
    if (stem < 2) return false;
    const std::size_t last = last_letter(stem);
    if (last == 0 || !is_consonant(last) || is_consonant(last - 1) || is_two_letters(last)) return false;
    if (last == 1) return kNltk;
    const char letter = word_[last];
    return is_consonant(last - 2) && letter != 'w' && letter != 'x' && letter != 'y';
  }

  /// Step 1a.
  void remove_plural() {
    if (!ends_with("s") || ends_with("ss")) return;
    if (ends_with("ies")) {
      replace("ies", kNltk && letters(size()) == 4 ? "ie" : "i");
    } else {
      replace("s", "");
      if (ends_with("sse")) word_.pop_back();
    }
  }

  /// Step 1b.
  void remove_participle() {
    if (kNltk && ends_with("ied")) {
      replace("ied", letters(size()) == 4 ? "ie" : "i");
    } else if (ends_with("eed")) {
      if (measure(before("eed")) > 0) word_.pop_back();
    } else if (ends_with("ed") && has_vowel(before("ed"))) {
      replace("ed", "");
      mend_participle();
    } else if (ends_with("ing") && has_vowel(before("ing"))) {
      replace("ing", "");
      mend_participle();
    }
  }

  void mend_participle() {
    if (ends_with("at") || ends_with("bl") || ends_with("iz")) {
      word_ += 'e';
    } else if (ends_in_double_consonant()) {
      const char letter = word_.back();
      if (letter != 'l' && letter != 's' && letter != 'z') word_.resize(last_letter(size()));
    } else if (measure(size()) == 1 && ends_short(size())) {
      word_ += 'e';
    }
  }

  /// Step 1c.
  void mend_final_y() {
    if (!ends_with("y")) return;
    const std::size_t stem = size() - 1;
    const bool mends = kNltk ? letters(stem) > 1 && is_consonant(stem - 1) : has_vowel(stem);
    if (mends) word_.back() = 'i';
  }

  /// Step 2, with bli for abli and with logi.
  void shorten_double_suffix() {
    if constexpr (kNltk) {
      if (ends_with("alli") && measure(before("alli")) > 0) replace("alli", "al");
    }
    if (ends_with("logi")) {
      // NLTK counts the l to the stem.
      if (measure(size() - (kNltk ? 3 : 4)) > 0) word_.pop_back();
    } else if (kNltk && ends_with("fulli")) {
      if (measure(before("fulli")) > 0) replace("fulli", "ful");
    } else {
      apply(kStep2.find(word_), 1);
    }
  }

  /// Step 4.
  void remove_suffix() {
    const Rule* const rule = kStep4.find(word_);
    if (rule != nullptr && rule->suffix == "ion") {
      const std::size_t stem = before("ion");
      if (stem == 0 || (word_[stem - 1] != 's' && word_[stem - 1] != 't')) return;
    }
    apply(rule, 2);
  }

  /// Step 5a.
  void remove_final_e() {
    if (!ends_with("e")) return;
    const std::size_t stem = size() - 1;
    const int m = measure(stem);
    if (m > 1 || (m == 1 && !ends_short(stem))) word_.pop_back();
  }

  std::string& word_;
};

}  // namespace

void porter_stem(PorterVariant variant, std::string& word) {
  if (variant == PorterVariant::kNltk)
    Stemming<PorterVariant::kNltk>(word).run();
  else
    Stemming<PorterVariant::kMartin>(word).run();
}

}  // namespace tenbin
