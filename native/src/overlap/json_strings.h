#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tenbin {

/// Reads the strings of one JSON value after the other, without making objects of them.
class JsonStrings {
 public:
  /// @param fields names at the top of an object to keep to; all when empty
  explicit JsonStrings(std::span<const std::string> fields) : fields_(fields) {}

  /// Calls `sink(text)` for each string that is no key, in turn, unescaped; half a surrogate pair becomes U+FFFD. False
  /// when `json` is not one value of RFC 8259; bytes within strings are not checked to be UTF-8.
  bool read(std::string_view json, const std::function<void(std::string_view)>& sink);

  /// Within the sink: where the string stands, as `messages[0].content`.
  std::string path() const;

 private:
  struct Level {
    bool is_object;
    std::string_view key;  // as it is written
    std::size_t index;
  };

  void skip_space();
  bool take(char byte);
  /// A string behind its opening quote; `raw` is what stands between the quotes.
  bool read_string(std::string_view& raw, bool& escaped);
  bool read_key();
  bool read_scalar();
  bool read_number();
  /// False for what is no escape.
  bool unescape(std::string_view raw, std::string& out) const;

  std::span<const std::string> fields_;
  const char* p_ = nullptr;
  const char* end_ = nullptr;
  std::vector<Level> levels_;
  bool wanted_ = true;
  std::string text_;
};

}  // namespace tenbin
