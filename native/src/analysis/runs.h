#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "analysis/bytes8.h"
#include "analysis/lower_case.h"
#include "analysis/unicode.h"
#include "analysis/utf8.h"

namespace tenbin {

/// What each rule of runs takes into a token: ASCII eight bytes at a time, other code points by their properties.
struct WhitespaceRuns {
  static constexpr bool kAsciiOnly = false;
  static std::uint64_t takes(const Bytes8& bytes) noexcept {
    return bytes.ascii() & ~(bytes.in('\t', '\r') | bytes.in(0x1c, ' '));
  }
  static bool takes(const CodePointProperties& properties) noexcept {
    return !properties.has(CodePointProperties::kSpace);
  }
  static bool keeps(std::string_view) noexcept { return true; }
};

struct WordRuns {
  static constexpr bool kAsciiOnly = false;
  static std::uint64_t takes(const Bytes8& bytes) noexcept {
    return bytes.letter() | bytes.in('0', '9') | bytes.in('_', '_');
  }
  static bool takes(const CodePointProperties& properties) noexcept {
    return properties.has(CodePointProperties::kWordCharacter);
  }
  static bool keeps(std::string_view) noexcept { return true; }
};

struct WordOfTwoRuns : WordRuns {
  static bool keeps(std::string_view run) noexcept {
    const auto first_length = [run] { return decode_utf8(run.data(), run.data() + run.size()).length; };
    return run.size() > 1 && (static_cast<unsigned char>(run[0]) < 0x80 || first_length() < run.size());
  }
};

struct AsciiWordRuns {
  static constexpr bool kAsciiOnly = true;
  static std::uint64_t takes(const Bytes8& bytes) noexcept { return bytes.letter() | bytes.in('0', '9'); }
  static bool keeps(std::string_view) noexcept { return true; }
};

/// The first `count` bits of a mask, all of them from 64 on.
inline std::uint64_t low_bits(unsigned count) noexcept {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

/// Reads a text in blocks of 64 bytes and says of each byte whether it belongs to a run.
template <typename Runs>
class RunBlocks {
 public:
  explicit RunBlocks(std::string_view text) : text_(text) {}

  /// Reads the block at `begin`, a multiple of 64 below the size of the text; blocks are read one after the other.
  void read(std::size_t begin) {
    begin_ = begin;
    const char* p = text_.data() + begin;
    char last[64];
    if (const std::size_t left = text_.size() - begin; left < 64) {
      std::memset(last, ' ', sizeof last);
      std::memcpy(last, p, left);
      p = last;
    }
    std::memcpy(lower_, lower_ + 64, 64);
    taken_ = 0;
    changes_ = 0;
    std::uint64_t ascii = 0;
    for (unsigned i = 0; i < 64; i += 8) {
      const Bytes8 bytes(p + i);
      bytes.store_lower(lower_ + 64 + i);
      taken_ |= Bytes8::pack(Runs::takes(bytes)) << i;
      if constexpr (!Runs::kAsciiOnly) ascii |= Bytes8::pack(bytes.ascii()) << i;
    }
    if constexpr (!Runs::kAsciiOnly) {
      if (ascii != ~std::uint64_t{0}) take_others(~ascii);
    }
  }

  /// Bit i: byte i of the block is in a run.
  std::uint64_t taken() const noexcept { return taken_; }
  /// Bit i: a code point that is not ASCII and that lower-casing changes begins at byte i.
  std::uint64_t changes() const noexcept { return changes_; }

  /// A part of this block and the one before, with ASCII in lower case. Valid until the next is read.
  std::string_view lower(std::size_t begin, std::size_t end) const noexcept {
    return {lower_ + 64 + begin - begin_, end - begin};
  }
  bool holds(std::size_t begin) const noexcept { return begin + 64 >= begin_; }

 private:
  void take_others(std::uint64_t others) {
    const char* const block = text_.data() + begin_;
    const char* const end = text_.data() + text_.size();
    std::uint64_t taken = spilled_taken_;
    std::uint64_t changes = 0;
    others &= ~low_bits(spilled_);
    spilled_ = 0;
    spilled_taken_ = 0;
    while (others != 0) {
      const auto at = static_cast<unsigned>(std::countr_zero(others));
      const auto [code_point, length] = decode_utf8(block + at, end);
      const CodePointProperties& properties = properties_of(code_point);
      const std::uint64_t bits = low_bits(length);
      others &= ~(bits << at);
      changes |= std::uint64_t{properties.to_lower != 0} << at;
      const bool takes = Runs::takes(properties);
      taken |= (takes ? bits : 0) << at;
      if (at + length > 64) {
        spilled_ = at + length - 64;
        if (takes) spilled_taken_ = low_bits(spilled_);
      }
    }
    taken_ |= taken;
    changes_ = changes;
  }

  std::string_view text_;
  std::size_t begin_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t changes_ = 0;
  unsigned spilled_ = 0;  // bytes of the next block that belong to the last code point
  std::uint64_t spilled_taken_ = 0;
  char lower_[128] = {};
};

/// Calls `sink` with each maximal run of what `Runs` takes, in lower case.
template <typename Runs, typename Sink>
void split_runs(std::string_view text, std::string& scratch, Sink& sink) {
  RunBlocks<Runs> blocks(text);
  const auto emit = [&](std::size_t begin, std::size_t end, bool changes) {
    const std::string_view run = text.substr(begin, end - begin);
    if (!Runs::keeps(run)) return;
    if (changes || !blocks.holds(begin))
      sink(lower_case(run, scratch));
    else
      sink(blocks.lower(begin, end));
  };
  std::size_t open_begin = 0;
  bool open = false;  // the block begins within a run
  bool open_changes = false;
  for (std::size_t block = 0; block < text.size(); block += 64) {
    blocks.read(block);
    const std::uint64_t changes = blocks.changes();
    std::uint64_t edges = blocks.taken() ^ (blocks.taken() << 1 | std::uint64_t{open});
    const auto next_edge = [&edges] {
      const auto at = static_cast<unsigned>(std::countr_zero(edges));
      edges &= edges - 1;
      return at;
    };
    if (open) {
      if (edges == 0) {
        open_changes |= changes != 0;
        continue;
      }
      const unsigned end = next_edge();
      emit(open_begin, block + end, open_changes || (changes & low_bits(end)) != 0);
      open = false;
    }
    while (edges != 0) {
      const unsigned begin = next_edge();
      if (edges == 0) {
        open = true;
        open_begin = block + begin;
        open_changes = changes >> begin != 0;
        break;
      }
      const unsigned end = next_edge();
      emit(block + begin, block + end, (changes >> begin & low_bits(end - begin)) != 0);
    }
  }
  if (open) emit(open_begin, text.size(), open_changes);
}

}  // namespace tenbin
