#include "file/file_path.h"

namespace tenbin {

std::filesystem::path system_path(const std::string& utf8) {
  if (utf8.empty()) throw InputError("path: must not be empty");
  if (const std::size_t nul = utf8.find('\0'); nul != std::string::npos) {
    throw InputError(utf8.substr(0, nul) + ": a path must not hold a NUL");
  }
#if defined(_WIN32)
  return std::filesystem::path(std::u8string(utf8.begin(), utf8.end()));
#else
  return std::filesystem::path(utf8);
#endif
}

InputError file_error(const std::string& path, const char* what, std::error_code code) {
  return InputError(path + ": cannot be " + what + " (" + code.message() + ")");
}

}  // namespace tenbin
