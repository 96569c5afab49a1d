#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace tenbin {

/// A whole file as memory that is read when it is looked at. Replacing the file by another (rename) leaves the mapping
/// as it was; writing into it or cutting it off while it is mapped is the doer's mistake, and may end the process.
class MappedFile {
 public:
  /// Throws InputError, naming the path, when there is no such file or it cannot be mapped.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  /// Begins at a multiple of the page size.
  std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace tenbin
