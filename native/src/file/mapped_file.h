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

  /// What one look at the file can bring into memory around what is looked at: the system maps pages in windows of this
  /// many bytes (Linux; fault_around_bytes).
  static constexpr std::size_t kWindow = 65536;

  /// Tells the system that the file is going to be read from its beginning to its end, so that it reads ahead further,
  /// or that this is over.
  void expect_reading_in_order(bool expected) const noexcept;

  /// Takes the windows that `range`, a part of bytes(), lies in out of the process's memory. They come back when they
  /// are looked at, at little cost while the system's cache has them; others may be reading them. Does nothing on
  /// Windows.
  void release(std::span<const std::byte> range) const noexcept;

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace tenbin
