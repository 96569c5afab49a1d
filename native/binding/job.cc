#include "job.h"

#include <new>
#include <utility>

#include "runtime.h"
#include "tenbin/errors.h"

namespace tenbin::binding {

Job::Job(Napi::Env env, std::shared_ptr<Cancellation> cancellation, Work work, Result result)
    : deferred_(env), cancellation_(std::move(cancellation)), work_(std::move(work)), result_(std::move(result)) {}

void Job::run() noexcept {
  const auto fail = [this](const char* code, const char* message) {
    error_code_ = code;
    error_message_ = message;
  };
  try {
    Runtime& runtime = Runtime::get();
    cancellation_->check();
    work_({runtime.pool(), runtime.kernels(), *cancellation_});
  } catch (const InputError& error) {
    fail("TENBIN_INPUT", error.what());
  } catch (const Cancelled& error) {
    fail("TENBIN_CANCELLED", error.what());
  } catch (const std::bad_alloc&) {
    fail("TENBIN_MEMORY", "the native core is out of memory");
  } catch (const std::exception& error) {
    fail("TENBIN_INTERNAL", error.what());
  }
}

void Job::settle(Napi::Env env) {
  const Napi::HandleScope scope(env);
  if (error_code_ == nullptr) {
    Napi::Value value;
    try {
      value = result_(env);
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
      return;
    }
    // Not within the try: a deferred that failed to resolve may be gone, and is not to be rejected.
    deferred_.Resolve(value);
    return;
  }
  const Napi::Error error = Napi::Error::New(env, error_message_);
  error.Set("code", Napi::String::New(env, error_code_));
  deferred_.Reject(error.Value());
}

}  // namespace tenbin::binding
