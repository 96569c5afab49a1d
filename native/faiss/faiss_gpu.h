#pragma once

#include <faiss/Index.h>

#include <memory>

namespace tenbin {

/// A copy of an index that lies on GPUs.
class FaissGpuCopy {
 public:
  virtual ~FaissGpuCopy() = default;
  virtual const faiss::Index& index() const noexcept = 0;
  /// GPUs that hold a part of it.
  virtual int gpus() const noexcept = 0;
};

/// Copies `index` to all GPUs, each a part of its documents. Null where the linked Faiss was built without GPUs, there
/// are none, or they cannot hold it: not every kind of index is made for them, and their memory is limited.
std::unique_ptr<FaissGpuCopy> copy_to_gpus(const faiss::Index& index);

}  // namespace tenbin
