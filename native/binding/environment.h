#pragma once

#include <napi.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "job.h"

namespace tenbin::binding {

/// What one JavaScript environment (the main thread's or a worker's) owns: its classes and its jobs in flight.
///
/// Jobs run on the process's pool and end on the environment's own thread. When the environment goes, jobs that the
/// pool has not begun are withdrawn, and the others are cancelled and waited for, because they read memory that goes
/// with it; a job looks at its cancellation between blocks of work.
class Environment {
 public:
  /// Makes the environment's instance; called once, from the addon's init.
  static Environment& install(Napi::Env env);
  static Environment& of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

  explicit Environment(Napi::Env env);
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  /// Runs the job on the pool. Returns its promise.
  Napi::Promise start(std::unique_ptr<Job> job);

  /// Runs `work` for the call `info`, holding the arguments before number `cancellation_at`, which is the call's
  /// Cancellation, until it ends.
  static Napi::Promise start(
      const Napi::CallbackInfo& info, std::size_t cancellation_at, Job::Work work,
      Job::Result result = [](Napi::Env env) { return env.Undefined(); });

  Napi::FunctionReference bm25_index;
  Napi::FunctionReference quantized_index;
  Napi::FunctionReference vector_index;

 private:
  static void on_settled(Napi::Env env, Napi::Function, Environment* environment, Job* job);
  using Settled = Napi::TypedThreadSafeFunction<Environment, Job, &Environment::on_settled>;

  void shut_down();

  Napi::Env env_;
  Settled settled_;
  /// Holds the job until the pool begins it or the environment withdraws it, whichever takes it first.
  using Ticket = std::atomic<Job*>;
  struct InFlight {
    std::unique_ptr<Job> job;
    std::shared_ptr<Ticket> ticket;
  };
  std::unordered_map<Job*, InFlight> jobs_;  // touched on the environment's thread only
  std::mutex mutex_;
  std::condition_variable idle_;
  std::size_t running_ = 0;  // jobs that pool threads touch or will
};

}  // namespace tenbin::binding
