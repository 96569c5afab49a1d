#pragma once

#include <exception>
#include <regex>
#include <string>

namespace tenbin {

/// What a Faiss exception says, on one line, without where in Faiss it comes from.
inline std::string faiss_message(const std::exception& error) {
  static const std::regex where(R"(^Error in [^\n]*? at [^\n]*?:\d+: (Error: '.*' failed:? ?)?)");
  std::string message = error.what();
  std::string bare = std::regex_replace(message, where, "", std::regex_constants::format_first_only);
  if (bare.empty()) bare = std::move(message);
  for (char& c : bare) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return bare;
}

}  // namespace tenbin
