#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>

#include "tenbin/isa.h"
#include "tenbin/thread_pool.h"

namespace tenbin::binding {

/// What the process has one of: the instruction set in use and the pool, shared by all environments.
class Runtime {
 public:
  /// Never destroyed: at exit its threads may still be at work, and the process ends under them.
  static Runtime& get();

  Isa isa() const noexcept { return isa_.load(); }
  void use(Isa isa) noexcept { isa_.store(isa); }
  const Kernels& kernels() const noexcept { return kernels_for(isa()); }

  std::size_t threads() const noexcept { return threads_.load(); }
  /// Has no effect once the pool runs.
  void use_threads(std::size_t threads) noexcept;

  /// Started at the first call.
  ThreadPool& pool();

 private:
  Runtime();

  std::atomic<Isa> isa_;
  std::atomic<std::size_t> threads_;
  std::mutex mutex_;
  std::unique_ptr<ThreadPool> pool_;
};

}  // namespace tenbin::binding
