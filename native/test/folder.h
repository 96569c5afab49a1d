#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

/// In memory where the system has such a place: every index that is saved is flushed to its device.
inline std::filesystem::path place_for_folders() {
  const std::filesystem::path memory("/dev/shm");
  return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

/// A folder of a test's own, gone with it.
struct Folder {
  Folder() : path(place_for_folders() / ("tenbin-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directory(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const char* name) const { return (path / name).string(); }
  std::ptrdiff_t entries() const { return std::distance(std::filesystem::directory_iterator(path), {}); }

  std::filesystem::path path;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}
