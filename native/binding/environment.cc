#include "environment.h"

#include <utility>

#include "arguments.h"
#include "runtime.h"

namespace tenbin::binding {

Environment& Environment::install(Napi::Env env) {
  auto* environment = new Environment(env);
  env.SetInstanceData<Environment>(environment);
  // Hooks run last in, first out: this one before the thread-safe function's own.
  env.AddCleanupHook([environment] { environment->shut_down(); });
  return *environment;
}

Environment::Environment(Napi::Env env) : env_(env), settled_(Settled::New(env, "tenbin", 0, 1, this)) {
  settled_.Unref(env);
}

Napi::Promise Environment::start(std::unique_ptr<Job> job) {
  ThreadPool& pool = Runtime::get().pool();  // may throw, so before anything is counted
  Job* running = job.get();
  const Napi::Promise promise = running->promise();
  if (jobs_.empty()) settled_.Ref(env_);  // a promise that someone may await keeps the process alive
  const auto ticket = std::make_shared<Ticket>(running);
  jobs_.emplace(running, InFlight{std::move(job), ticket});
  {
    const std::lock_guard lock(mutex_);
    ++running_;
  }
  pool.submit([this, ticket] {
    Job* const begun = ticket->exchange(nullptr);
    if (begun == nullptr) return;  // withdrawn: the environment may be gone
    begun->run();
    settled_.BlockingCall(begun);
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) idle_.notify_all();
  });
  return promise;
}

Napi::Promise Environment::start(const Napi::CallbackInfo& info, std::size_t cancellation_at, Job::Work work,
                                 Job::Result result) {
  const Napi::Env env = info.Env();
  auto job = std::make_unique<Job>(env, cancellation(info[cancellation_at]), std::move(work), std::move(result));
  for (std::size_t i = 0; i < cancellation_at; ++i) {
    if (info[i].IsObject()) job->keep(info[i].As<Napi::Object>());
  }
  return of(env).start(std::move(job));
}

void Environment::on_settled(Napi::Env env, Napi::Function, Environment* environment, Job* job) {
  if (env == nullptr) return;  // the environment is going; shut_down has the jobs
  const auto owner = std::move(environment->jobs_.extract(job).mapped().job);
  if (environment->jobs_.empty()) environment->settled_.Unref(env);
  owner->settle(env);
}

void Environment::shut_down() {
  std::size_t withdrawn = 0;
  for (const auto& [job, in_flight] : jobs_) {
    job->cancel();
    if (in_flight.ticket->exchange(nullptr) != nullptr) ++withdrawn;
  }
  {
    std::unique_lock lock(mutex_);
    running_ -= withdrawn;
    idle_.wait(lock, [this] { return running_ == 0; });
  }
  jobs_.clear();
  settled_.Abort();
}

}  // namespace tenbin::binding
