#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace tenbin {

/// An array whose first element, and with it every whole register of the rows behind it, lies in one cache line.
/// Elements start uninitialized.
template <typename T>
class AlignedArray {
 public:
  explicit AlignedArray(std::size_t size)
      : data_(static_cast<T*>(::operator new(size * sizeof(T), std::align_val_t{kLine}))) {}

  T* get() const noexcept { return data_.get(); }

 private:
  static constexpr std::size_t kLine = 64;
  struct Delete {
    void operator()(T* data) const noexcept { ::operator delete(data, std::align_val_t{kLine}); }
  };
  std::unique_ptr<T, Delete> data_;
};

}  // namespace tenbin
