#include "overlap/json_strings.h"

#include <algorithm>

#include "analysis/bytes8.h"
#include "analysis/utf8.h"

namespace tenbin {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Four hexadecimal digits, or -1.
int hex4(std::string_view digits) noexcept {
  if (digits.size() < 4) return -1;
  int value = 0;
  for (const char c : digits.substr(0, 4)) {
    const int digit = is_digit(c) ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

}  // namespace

bool JsonStrings::read(std::string_view json, const std::function<void(std::string_view)>& sink) {
  p_ = json.data();
  end_ = p_ + json.size();
  levels_.clear();
  wanted_ = fields_.empty();
  for (;;) {
    // At a value.
    skip_space();
    if (p_ == end_) return false;
    bool opened = false;
    if (take('"')) {
      std::string_view raw;
      bool escaped = false;
      if (!read_string(raw, escaped)) return false;
      if (escaped && !unescape(raw, text_)) return false;
      if (wanted_) sink(escaped ? std::string_view(text_) : raw);
    } else if (*p_ == '{' || *p_ == '[') {
      levels_.push_back({*p_++ == '{', {}, 0});
      skip_space();
      opened = p_ < end_ && *p_ != (levels_.back().is_object ? '}' : ']');
      if (opened && levels_.back().is_object && !read_key()) return false;
    } else if (!read_scalar()) {
      return false;
    }
    if (opened) continue;
    // Behind a value: what ends with it, and what comes next.
    for (;;) {
      skip_space();
      if (levels_.empty()) return p_ == end_;
      Level& level = levels_.back();
      if (take(',')) {
        ++level.index;
        if (level.is_object && !read_key()) return false;
        break;
      }
      if (!take(level.is_object ? '}' : ']')) return false;
      levels_.pop_back();
    }
  }
}

void JsonStrings::skip_space() {
  while (p_ < end_ && (*p_ == ' ' || *p_ == '\t' || *p_ == '\r' || *p_ == '\n')) ++p_;
}

bool JsonStrings::take(char byte) {
  if (p_ == end_ || *p_ != byte) return false;
  ++p_;
  return true;
}

bool JsonStrings::read_string(std::string_view& raw, bool& escaped) {
  const char* const begin = p_;
  while (p_ < end_) {
    while (end_ - p_ >= 8) {
      const Bytes8 bytes(p_);
      const unsigned plain = Bytes8::leading(~(bytes.in('"', '"') | bytes.in('\\', '\\') | bytes.in(0, 0x1f)));
      p_ += plain;
      if (plain < 8) break;
    }
    if (p_ == end_) return false;
    if (*p_ == '"') {
      raw = {begin, static_cast<std::size_t>(p_++ - begin)};
      return true;
    }
    if (static_cast<std::uint8_t>(*p_) < 0x20) return false;
    if (*p_ == '\\') {
      escaped = true;
      if (++p_ == end_) return false;
    }
    ++p_;
  }
  return false;
}

bool JsonStrings::read_key() {
  skip_space();
  if (!take('"')) return false;
  bool escaped = false;
  std::string_view key;
  if (!read_string(key, escaped)) return false;
  levels_.back().key = key;
  std::string unescaped;
  if (escaped && !unescape(key, unescaped)) return false;
  if (levels_.size() == 1 && !fields_.empty()) {
    wanted_ = std::ranges::find(fields_, escaped ? std::string_view(unescaped) : key) != fields_.end();
  }
  skip_space();
  return take(':');
}

bool JsonStrings::read_scalar() {
  for (const std::string_view word : {"true", "false", "null"}) {
    if (!std::string_view(p_, static_cast<std::size_t>(end_ - p_)).starts_with(word)) continue;
    p_ += word.size();
    return true;
  }
  return read_number();
}

bool JsonStrings::read_number() {
  const auto digits = [this] {
    const char* const begin = p_;
    while (p_ < end_ && is_digit(*p_)) ++p_;
    return p_ > begin;
  };
  take('-');
  if (!take('0') && !digits()) return false;
  if (take('.') && !digits()) return false;
  if (!take('e') && !take('E')) return true;
  if (!take('+')) take('-');
  return digits();
}

bool JsonStrings::unescape(std::string_view raw, std::string& out) const {
  out.clear();
  while (!raw.empty()) {
    const std::size_t plain = std::min(raw.find('\\'), raw.size());
    out.append(raw.substr(0, plain));
    raw.remove_prefix(plain);
    if (raw.empty()) break;
    const char kind = raw[1];  // there is one, for the quote that ended the string was not escaped
    raw.remove_prefix(2);
    constexpr std::string_view kFrom = "\"\\/bfnrt";
    constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (kind != 'u') {
      const std::size_t which = kFrom.find(kind);
      if (which == std::string_view::npos) return false;
      out.push_back(kTo[which]);
      continue;
    }
    const int unit = hex4(raw);
    if (unit < 0) return false;
    raw.remove_prefix(4);
    auto code_point = static_cast<char32_t>(unit);
    if (unit >= 0xd800 && unit <= 0xdfff) {
      const int low = raw.starts_with("\\u") ? hex4(raw.substr(2)) : -1;
      code_point = kReplacementCharacter;
      if (unit < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
        code_point = 0x10000 + (static_cast<char32_t>(unit - 0xd800) << 10) + static_cast<char32_t>(low - 0xdc00);
        raw.remove_prefix(6);
      }
    }
    char bytes[4];
    out.append(bytes, encode_utf8(code_point, bytes));
  }
  return true;
}

std::string JsonStrings::path() const {
  std::string path;
  for (const Level& level : levels_) {
    if (level.is_object) {
      if (!path.empty()) path += '.';
      path += level.key;
    } else {
      path += '[' + std::to_string(level.index) + ']';
    }
  }
  return path;
}

}  // namespace tenbin
