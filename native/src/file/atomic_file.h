#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace tenbin {

/// A file that is written in pieces and appears under its name, over one that was there, only when committed. Until
/// then it is a temporary file in the same folder, which goes with this object.
class AtomicFile {
 public:
  /// Throws InputError, naming the path, when the folder cannot be written or the path is of something else than a
  /// file.
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Throws InputError, naming the path, when the disk is full or the like.
  void write(std::span<const std::byte> bytes);
  /// Flushes to the disk and renames. Throws InputError, naming the path.
  void commit();

 private:
  std::string path_;
  std::filesystem::path target_;
  std::filesystem::path temporary_;  // empty once it is no more
  int descriptor_ = -1;
};

}  // namespace tenbin
