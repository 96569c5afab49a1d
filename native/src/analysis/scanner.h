#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "analysis/unicode.h"
#include "analysis/utf8.h"

namespace tenbin {

/// A finite automaton over the symbols of a grammar; both enumerations count from 0 and end in kCount. Where no
/// transition is set it stops.
template <typename State, typename Symbol>
class Automaton {
 public:
  static constexpr State kStop = State::kCount;

  constexpr Automaton() {
    for (auto& row : next_) row.fill(kStop);
  }

  constexpr void accept(std::initializer_list<State> states) {
    for (const State state : states) accepts_[index(state)] = true;
  }
  constexpr void set(State from, Symbol symbol, State to) { next_[index(from)][index(symbol)] = to; }
  constexpr void set(std::initializer_list<State> from, std::initializer_list<Symbol> symbols, State to) {
    for (const State state : from) {
      for (const Symbol symbol : symbols) set(state, symbol, to);
    }
  }
  /// In these states the symbols change nothing.
  constexpr void stay(std::initializer_list<State> states, std::initializer_list<Symbol> symbols) {
    for (const State state : states) set({state}, symbols, state);
  }

  constexpr State next(State state, Symbol symbol) const { return next_[index(state)][index(symbol)]; }
  constexpr bool accepts(State state) const { return accepts_[index(state)]; }

 private:
  template <typename E>
  static constexpr std::size_t index(E e) {
    return static_cast<std::size_t>(e);
  }

  std::array<std::array<State, index(Symbol::kCount)>, index(State::kCount)> next_{};
  std::array<bool, index(State::kCount) + 1> accepts_{};
};

/// A token found in a text, or none where `end` is null.
struct Match {
  const char* end = nullptr;
  bool changes = false;  // lower-casing may change it
};

/// The longest token of the grammar at `p`.
template <typename Grammar>
Match longest_match(const char* p, const char* end) noexcept {
  Match match;
  bool changes = false;
  auto state = Grammar::State::kStart;
  while (p < end) {
    const auto [code_point, length] = decode_utf8(p, end);
    const CodePointProperties& properties = properties_of(code_point);
    state = Grammar::kAutomaton.next(state, Grammar::symbol_of(code_point, properties));
    if (state == Grammar::kAutomaton.kStop) break;
    p += length;
    changes |= properties.to_lower != 0;
    if (Grammar::kAutomaton.accepts(state)) match = {p, changes};
  }
  return match;
}

/// Finds tokens of a grammar that have no more than `kMaxUnits` units of UTF-16, from left to right.
template <typename Grammar, std::size_t kMaxUnits>
class LimitedScanner {
 public:
  /// The longest such token at `p`, which is not before the `p` of the last call.
  Match match(const char* p, const char* end) noexcept {
    if (p < barren_end_ && next(State::kStart, p, end) == State::kLead) return {};
    const Match match = longest_within(p, end);
    if (match.end == nullptr && next(State::kStart, p, end) == State::kLead) barren_end_ = barren_end(p, end);
    return match;
  }

 private:
  using State = typename Grammar::State;

  static State next(State state, const char* p, const char* end) noexcept {
    const char32_t code_point = decode_utf8(p, end).code_point;
    return Grammar::kAutomaton.next(state, Grammar::symbol_of(code_point, properties_of(code_point)));
  }
  static std::uint32_t length(const char* p, const char* end) noexcept { return decode_utf8(p, end).length; }
  static std::size_t units(std::uint32_t utf8_length) noexcept { return utf8_length == 4 ? 2 : 1; }

  static Match longest_within(const char* p, const char* end) noexcept {
    const auto cut = [p, end](std::size_t bytes) {
      return static_cast<std::size_t>(end - p) > bytes ? p + bytes : end;
    };
    // A unit is one to three bytes of UTF-8, so that most tokens need no counting.
    const Match match = longest_match<Grammar>(p, cut(3 * kMaxUnits));
    if (match.end == nullptr || match.end <= cut(kMaxUnits)) return match;
    const char* window_end = p;
    for (std::size_t count = 0; window_end < end; window_end += length(window_end, end)) {
      count += units(length(window_end, end));
      if (count > kMaxUnits) break;
    }
    return longest_match<Grammar>(p, window_end);
  }

  /// State::kLead may go on for long and become a token at its end or not at all. Where none begins at `p`, this is how
  /// far that is also so of every other beginning of a lead, which need not be tried: it would take quadratic time.
  static const char* barren_end(const char* p, const char* end) noexcept {
    const char* lead_end = p + length(p, end);
    while (lead_end < end && next(State::kLead, lead_end, end) == State::kLead) lead_end += length(lead_end, end);
    if (lead_end == end || !Grammar::kAutomaton.accepts(next(State::kLead, lead_end, end))) return lead_end;
    const char* begin = lead_end;
    for (std::size_t count = units(length(lead_end, end)); begin > p;) {
      const char* previous = begin - 1;
      while ((static_cast<std::uint8_t>(*previous) & 0xc0) == 0x80) --previous;
      count += units(static_cast<std::uint32_t>(begin - previous));
      if (count > kMaxUnits) break;
      begin = previous;
    }
    return begin;
  }

  const char* barren_end_ = nullptr;
};

}  // namespace tenbin
