#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "arguments.h"
#include "environment.h"
#include "job.h"
#include "tenbin/errors.h"

namespace tenbin::binding {

/// Bytes of the core's memory that V8 counts among what its objects hold, for as long as this lives. Made and destroyed
/// on JavaScript's thread.
class ExternalMemory {
 public:
  ExternalMemory() = default;
  ExternalMemory(Napi::Env env, std::size_t bytes) : env_(env), bytes_(static_cast<std::int64_t>(bytes)) {
    Napi::MemoryManagement::AdjustExternalMemory(env_, bytes_);
  }
  ~ExternalMemory() {
    if (bytes_ != 0) Napi::MemoryManagement::AdjustExternalMemory(env_, -bytes_);
  }
  ExternalMemory(ExternalMemory&& other) noexcept : env_(other.env_), bytes_(std::exchange(other.bytes_, 0)) {}
  ExternalMemory& operator=(ExternalMemory&&) = delete;

 private:
  Napi::Env env_{nullptr};
  std::int64_t bytes_ = 0;
};

/// What a JavaScript index object and its searches in flight share: the core's index and, where it reads memory of
/// JavaScript's, the object that owns that memory. Destroyed on JavaScript's thread.
template <typename Core>
struct SharedIndex {
  Core core;
  Napi::ObjectReference memory{};
  ExternalMemory counted{};
};

/// The part that the classes of indexes have in common: made by the core only, disposable, searchable while alive.
template <typename Self, typename Core>
class IndexObject : public Napi::ObjectWrap<Self> {
 public:
  using Shared = SharedIndex<Core>;

  explicit IndexObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Self>(info) {
    if (made_ == nullptr) throw Napi::TypeError::New(info.Env(), "an index is made by its build or create function");
    index_ = std::move(*std::exchange(made_, nullptr));
  }

  /// An object of the class behind `constructor` for `index`.
  static Napi::Value wrap(const Napi::FunctionReference& constructor, std::shared_ptr<Shared> index) {
    struct Handover {
      explicit Handover(std::shared_ptr<Shared>& shared) { made_ = &shared; }
      ~Handover() { made_ = nullptr; }
    } const handover(index);
    return constructor.New({});
  }

 protected:
  /// Searches in flight go on; later ones are refused.
  void release() { index_.reset(); }

  /// Throws when disposed.
  const std::shared_ptr<Shared>& alive(Napi::Env env) const {
    if (!index_) throw Napi::Error::New(env, "the index is disposed");
    return index_;
  }

  /// Starts a job that searches: `search(core, out, execution)` on the pool, then `result`. info[first_array] and
  /// the two behind it are the result arrays, then comes the cancellation; all arguments are kept while it runs.
  template <typename Search>
  Napi::Value start_search(
      const Napi::CallbackInfo& info, std::size_t first_array, std::uint32_t k, Search search,
      Job::Result result = [](Napi::Env env) { return env.Undefined(); }) {
    const TopK out = top_k(info, first_array, k);
    return Environment::start(
        info, first_array + 3,
        [index = alive(info.Env()), out, search](const Execution& execution) { search(index->core, out, execution); },
        std::move(result));
  }

 private:
  /// What `wrap` hands to the constructor, past JavaScript, which could hand it anything.
  static inline thread_local std::shared_ptr<Shared>* made_ = nullptr;

  std::shared_ptr<Shared> index_;
};

}  // namespace tenbin::binding
