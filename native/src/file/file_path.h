#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include "tenbin/errors.h"

namespace tenbin {

/// The path as the system wants it. Throws InputError for an empty one, or one with a NUL, where the system would cut
/// it.
std::filesystem::path system_path(const std::string& utf8);

/// "<path>: cannot be <what> (<the system's words>)"
InputError file_error(const std::string& path, const char* what, std::error_code code);

}  // namespace tenbin
