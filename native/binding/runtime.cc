#include "runtime.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace tenbin::binding {

namespace {

/// Node unloads an addon when the last worker that loaded it ends, but the pool's threads still run this code.
void stay_loaded() {
#if defined(_WIN32)
  HMODULE self;
  GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     reinterpret_cast<LPCSTR>(&stay_loaded), &self);
#else
  Dl_info self;
  if (dladdr(reinterpret_cast<void*>(&stay_loaded), &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE);
#endif
}

}  // namespace

Runtime& Runtime::get() {
  static Runtime* const runtime = new Runtime();
  return *runtime;
}

Runtime::Runtime() : isa_(usable_isas().back()), threads_(available_threads()) {}

void Runtime::use_threads(std::size_t threads) noexcept {
  const std::lock_guard lock(mutex_);
  if (!pool_) threads_.store(threads);
}

ThreadPool& Runtime::pool() {
  const std::lock_guard lock(mutex_);
  if (!pool_) {
    stay_loaded();
    pool_ = std::make_unique<ThreadPool>(threads());
  }
  return *pool_;
}

}  // namespace tenbin::binding
