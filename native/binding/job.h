#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tenbin/cancellation.h"
#include "tenbin/top_k.h"

namespace tenbin::binding {

/// One asynchronous call: what to compute on the pool, what to hand over on JavaScript's thread, and the JavaScript
/// objects whose memory the computation reads or writes. Made and destroyed on JavaScript's thread.
class Job {
 public:
  using Work = std::function<void(const Execution&)>;
  using Result = std::function<Napi::Value(Napi::Env)>;

  Job(Napi::Env env, std::shared_ptr<Cancellation> cancellation, Work work, Result result);

  /// Holds `object` until the job is destroyed.
  void keep(const Napi::Object& object) { kept_.push_back(Napi::Persistent(object)); }

  Napi::Promise promise() const { return deferred_.Promise(); }
  void cancel() noexcept { cancellation_->cancel(); }

  /// On a pool thread. Never throws: what the work throws is kept for `settle`.
  void run() noexcept;

  /// On JavaScript's thread: resolves or rejects the promise. Errors carry a `code`: TENBIN_INPUT for wrong input,
  /// TENBIN_CANCELLED, TENBIN_MEMORY, TENBIN_INTERNAL.
  void settle(Napi::Env env);

 private:
  Napi::Promise::Deferred deferred_;
  std::shared_ptr<Cancellation> cancellation_;
  Work work_;
  Result result_;
  std::vector<Napi::ObjectReference> kept_;
  const char* error_code_ = nullptr;
  std::string error_message_;
};

}  // namespace tenbin::binding
