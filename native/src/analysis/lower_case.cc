#include "analysis/lower_case.h"

#include <cstring>

#include "analysis/bytes8.h"
#include "analysis/unicode.h"
#include "analysis/utf8.h"

namespace tenbin {

namespace {

constexpr char32_t kCapitalIWithDot = 0x130;
constexpr char32_t kCapitalSigma = 0x3a3;
constexpr char32_t kFinalSigma = 0x3c2;
constexpr char32_t kCombiningDotAbove = 0x307;

/// Answers Final_Sigma for the capital sigmas of a token in turn. Each looks no further than to the sigmas beside it,
/// so that all of them together take linear time.
class SigmaContext {
 public:
  explicit SigmaContext(std::string_view token) : end_(token.data() + token.size()), from_(token.data()) {}

  /// Whether the sigma of two bytes at `p` ends a word: a cased letter before, none after, case-ignorables aside.
  bool is_final(const char* p) {
    bool after_cased = after_sigma_;
    for (const char* q = from_; q < p;) {
      const auto [code_point, length] = decode_utf8(q, end_);
      const CodePointProperties& properties = properties_of(code_point);
      if (!properties.has(CodePointProperties::kCaseIgnorable))
        after_cased = properties.has(CodePointProperties::kCased);
      q += length;
    }
    from_ = p + 2;
    after_sigma_ = true;
    return after_cased && !before_cased(from_);
  }

 private:
  bool before_cased(const char* p) const {
    while (p < end_) {
      const auto [code_point, length] = decode_utf8(p, end_);
      const CodePointProperties& properties = properties_of(code_point);
      if (!properties.has(CodePointProperties::kCaseIgnorable)) return properties.has(CodePointProperties::kCased);
      p += length;
    }
    return false;
  }

  const char* end_;
  const char* from_;  // behind the last sigma asked about
  bool after_sigma_ = false;
};

template <bool kFull>
std::string_view lower(std::string_view token, std::string& scratch) {
  // No code point grows more than from two bytes to three.
  const std::size_t bound = token.size() + token.size() / 2 + 1;
  if (scratch.size() < bound) scratch.resize(bound);
  const char* p = token.data();
  const char* const end = p + token.size();
  char* out = scratch.data();
  SigmaContext sigma(token);
  while (p < end) {
    if (end - p >= 8) {
      const Bytes8 bytes(p);
      if (Bytes8::pack(bytes.ascii()) == 0xff) {
        bytes.store_lower(out);
        p += 8;
        out += 8;
        continue;
      }
    }
    const auto [code_point, length] = decode_utf8(p, end);
    const std::int32_t to_lower = properties_of(code_point).to_lower;
    if (to_lower == 0) {
      // Byte by byte, for what is not UTF-8 is kept.
      for (std::uint32_t i = 0; i < length; ++i) *out++ = p[i];
    } else if (kFull && code_point == kCapitalIWithDot) {
      *out++ = 'i';
      out = encode_utf8(kCombiningDotAbove, out);
    } else if (kFull && code_point == kCapitalSigma && sigma.is_final(p)) {
      out = encode_utf8(kFinalSigma, out);
    } else {
      out = encode_utf8(static_cast<char32_t>(static_cast<std::int32_t>(code_point) + to_lower), out);
    }
    p += length;
  }
  return {scratch.data(), static_cast<std::size_t>(out - scratch.data())};
}

}  // namespace

std::string_view lower_case(std::string_view token, std::string& scratch) { return lower<true>(token, scratch); }

std::string_view lower_case_simple(std::string_view token, std::string& scratch) {
  return lower<false>(token, scratch);
}

}  // namespace tenbin
