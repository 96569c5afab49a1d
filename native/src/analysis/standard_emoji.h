#pragma once

#include "analysis/scanner.h"

namespace tenbin {

enum class EmojiSymbol : std::uint8_t {
  kOther,
  kMark,  // Extend or Format that is none of the following
  kZwj,
  kTextSelector,   // U+FE0E
  kEmojiSelector,  // U+FE0F
  kKeycap,         // U+20E3
  kTag,
  kTagEnd,
  kPicture,
  kModifierBase,  // a picture that takes a skin tone
  kModifier,
  kKeycapBase,
  kRegionalIndicator,
  kCount,
};

/// The rule for EMOJI of Lucene's StandardTokenizer: sequences of UTS #51, and single pictures, © too. Digits with a
/// keycap are left to StandardWords, whose numbers hold them.
struct StandardEmoji {
  using Symbol = EmojiSymbol;
  enum class State : std::uint8_t {
    kStart,
    kLead,  // ZWJ only
    kPicture,
    kPictureZwj,
    kBase,
    kBaseZwj,
    kModified,
    kModifiedZwj,
    kSelected,         // a picture and its U+FE0F
    kSelectedZwj,      // one ZWJ behind it
    kSelectedManyZwj,  // and more
    kTagged,
    kTagEnd,
    kKeycapBase,
    kKeycapBaseSelected,
    kKeycap,
    kKeycapSelected,
    kFlagHalf,
    kFlag,
    kCount,
  };

  static Symbol symbol_of(char32_t code_point, const CodePointProperties& properties) noexcept {
    switch (properties.word_break) {
      case WordBreak::kZwj:
        return Symbol::kZwj;
      case WordBreak::kRegionalIndicator:
        return Symbol::kRegionalIndicator;
      case WordBreak::kExtend:
      case WordBreak::kFormat:
        return symbol_of_mark(code_point, properties);
      default:
        break;
    }
    if (properties.has(CodePointProperties::kEmojiModifierBase)) return Symbol::kModifierBase;
    if (properties.has(CodePointProperties::kPictographic)) return Symbol::kPicture;
    return code_point == '#' || code_point == '*' ? Symbol::kKeycapBase : Symbol::kOther;
  }

  static constexpr Automaton<State, Symbol> kAutomaton = [] {
    using enum State;
    Automaton<State, Symbol> a;
    a.accept({kPicture, kPictureZwj, kBase, kBaseZwj, kModified, kModifiedZwj, kSelected, kTagEnd, kKeycap,
              kKeycapSelected, kFlag});
    a.stay({kPicture, kBase, kModified, kKeycapBase, kKeycap, kKeycapSelected, kFlagHalf, kFlag},
           {Symbol::kMark, Symbol::kKeycap, Symbol::kTag, Symbol::kTagEnd});
    a.stay({kFlagHalf, kFlag}, {Symbol::kTextSelector, Symbol::kEmojiSelector});
    a.stay({kLead, kPictureZwj, kBaseZwj, kModifiedZwj, kSelectedManyZwj, kKeycapBase, kKeycap, kKeycapSelected,
            kFlagHalf, kFlag},
           {Symbol::kZwj});
    a.set({kPictureZwj}, {Symbol::kMark, Symbol::kKeycap, Symbol::kTag, Symbol::kTagEnd}, kPicture);
    a.set({kBaseZwj}, {Symbol::kMark, Symbol::kKeycap, Symbol::kTag, Symbol::kTagEnd}, kBase);
    a.set({kModifiedZwj}, {Symbol::kMark, Symbol::kKeycap, Symbol::kTag, Symbol::kTagEnd}, kModified);
    a.set(kStart, Symbol::kZwj, kLead);
    a.set(kPicture, Symbol::kZwj, kPictureZwj);
    a.set(kBase, Symbol::kZwj, kBaseZwj);
    a.set(kModified, Symbol::kZwj, kModifiedZwj);
    a.set(kSelected, Symbol::kZwj, kSelectedZwj);
    a.set(kSelectedZwj, Symbol::kZwj, kSelectedManyZwj);
    const auto picture_may_follow = {kStart,       kLead,        kPictureZwj,     kBaseZwj,
                                     kModifiedZwj, kSelectedZwj, kSelectedManyZwj};
    a.set(picture_may_follow, {Symbol::kPicture}, kPicture);
    a.set(picture_may_follow, {Symbol::kModifierBase}, kBase);
    a.set({kStart, kBase, kPictureZwj, kBaseZwj, kModifiedZwj, kSelectedZwj}, {Symbol::kModifier}, kModified);
    a.set({kPicture, kPictureZwj, kBase, kBaseZwj}, {Symbol::kEmojiSelector}, kSelected);
    a.set({kSelected, kTagged}, {Symbol::kTag}, kTagged);
    a.set(kTagged, Symbol::kTagEnd, kTagEnd);
    a.set(kStart, Symbol::kKeycapBase, kKeycapBase);
    a.set(kKeycapBase, Symbol::kKeycap, kKeycap);
    a.set({kKeycapBase, kKeycap}, {Symbol::kEmojiSelector}, kKeycapBaseSelected);
    a.set(kKeycapBaseSelected, Symbol::kKeycap, kKeycapSelected);
    a.set(kStart, Symbol::kRegionalIndicator, kFlagHalf);
    a.set(kFlagHalf, Symbol::kRegionalIndicator, kFlag);
    return a;
  }();

 private:
  static Symbol symbol_of_mark(char32_t code_point, const CodePointProperties& properties) noexcept {
    if (properties.has(CodePointProperties::kEmojiModifier)) return Symbol::kModifier;
    if (code_point == 0xfe0e) return Symbol::kTextSelector;
    if (code_point == 0xfe0f) return Symbol::kEmojiSelector;
    if (code_point == 0x20e3) return Symbol::kKeycap;
    if (code_point >= 0xe0020 && code_point <= 0xe007e) return Symbol::kTag;
    return code_point == 0xe007f ? Symbol::kTagEnd : Symbol::kMark;
  }
};

}  // namespace tenbin
