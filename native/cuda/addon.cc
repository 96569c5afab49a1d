#include <napi.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arguments.h"
#include "cuda_gpu.h"
#include "environment.h"
#include "exact_index_object.h"
#include "gpu_index.h"
#include "runtime.h"
#include "scan_trial.h"

namespace tenbin::binding {

namespace {

/// Documents of a trial: so many that the blocks of the wgmma kernel take several turns.
constexpr std::size_t kTrialDocuments = 100'000;

/// The fastest scan that a device has and that passed a trial on it, once a process.
CudaScan best_scan(std::size_t device, const Execution& execution) {
  static std::mutex mutex;
  static std::map<std::size_t, CudaScan> known;
  const std::lock_guard lock(mutex);
  if (const auto at = known.find(device); at != known.end()) return at->second;
  const auto found = find_cuda_devices();
  const bool wgmma = device < found.devices.size() && found.devices[device].has_wgmma() &&
                     finds_what_the_core_finds(open_cuda_gpu(device, CudaScan::kWgmma), kTrialDocuments, execution);
  return known[device] = wgmma ? CudaScan::kWgmma : CudaScan::kMma;
}

class CudaIndexObject : public ExactIndexObject<CudaIndexObject, GpuIndex> {
 public:
  using ExactIndexObject::ExactIndexObject;

  void dispose(const Napi::CallbackInfo&) { release(); }

  Napi::Value search(const Napi::CallbackInfo& info) { return search_exactly(info); }
  Napi::Value zero_vectors(const Napi::CallbackInfo& info) { return count_zero_vectors(info); }
};

/// createCudaIndex(embeddings, count, dimension, metric, tieRanks, devices, memoryBytes, cancellation?) ->
/// Promise<CudaIndex>: devices a Uint32Array of at least one, memoryBytes of each GPU, 0 for all that is free.
Napi::Value create(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = string(info[3], "metric");
  const Matrix documents = matrix_argument(info, "embeddings");
  if (name != "cosine" && name != "dot") throw Napi::TypeError::New(env, "metric must be cosine or dot");
  const Metric metric = name == "cosine" ? Metric::kCosine : Metric::kDot;
  const auto tie_ranks = uint32_array(info[4], "tieRanks");
  const auto listed = uint32_array(info[5], "devices");
  if (listed.empty()) throw Napi::TypeError::New(env, "devices must be at least one");
  const std::vector<std::uint32_t> devices(listed.begin(), listed.end());
  const double bytes = number(info[6], "memoryBytes");
  if (!(bytes >= 0 && bytes <= 9007199254740991.0)) {
    throw Napi::TypeError::New(env, "memoryBytes must be a whole number of at least 0");
  }
  const ShardOptions options{.memory_bytes = static_cast<std::size_t>(bytes)};
  auto created = std::make_shared<std::optional<GpuIndex>>();
  auto memory = std::make_shared<Napi::ObjectReference>(Napi::Persistent(info[0].As<Napi::Object>()));
  return Environment::start(
      info, 7,
      [=](const Execution& execution) {
        std::vector<std::unique_ptr<Gpu>> gpus;
        for (const std::uint32_t device : devices) {
          gpus.push_back(open_cuda_gpu(device, best_scan(device, execution)));
        }
        *created = GpuIndex::create(documents, metric, tie_ranks, std::move(gpus), options, execution);
      },
      [created, memory](Napi::Env result_env) {
        ExternalMemory counted(result_env, (*created)->size_bytes());
        using Shared = CudaIndexObject::Shared;
        return CudaIndexObject::wrap(
            Environment::of(result_env).vector_index,
            std::make_shared<Shared>(Shared{std::move(**created), std::move(*memory), std::move(counted)}));
      });
}

/// devices() -> { devices: { name, memoryBytes, capability, usable }[], reason? }. Starts the driver.
Napi::Value devices(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  CudaDevices found;
  try {
    found = find_cuda_devices();
  } catch (const std::exception& error) {
    found = {{}, error.what()};
  }
  const Napi::Array list = Napi::Array::New(env, found.devices.size());
  for (std::uint32_t i = 0; i < found.devices.size(); ++i) {
    const CudaDevice& device = found.devices[i];
    const Napi::Object object = Napi::Object::New(env);
    object.Set("name", device.name);
    object.Set("memoryBytes", static_cast<double>(device.memory_bytes));
    object.Set("capability", std::to_string(device.major) + "." + std::to_string(device.minor));
    object.Set("usable", device.usable());
    list.Set(i, object);
  }
  const Napi::Object result = Napi::Object::New(env);
  result.Set("devices", list);
  if (found.devices.empty()) result.Set("reason", found.reason);
  return result;
}

/// useThreads(threads): for the process, before its first index.
void use_threads(const Napi::CallbackInfo& info) {
  const std::uint32_t threads = uint32(info[0], "threads");
  if (threads < 1 || threads > 1024) throw Napi::TypeError::New(info.Env(), "threads must be between 1 and 1024");
  Runtime::get().use_threads(threads);
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Environment::install(env);
  using Object = CudaIndexObject;
  const Napi::Function constructor = Object::DefineClass(
      env, "CudaIndex",
      {Object::InstanceMethod<&Object::search>("search"), Object::InstanceMethod<&Object::dispose>("dispose"),
       Object::InstanceMethod<&Object::zero_vectors>("zeroVectors")});
  Environment::of(env).vector_index = Napi::Persistent(constructor);
  exports.Set("Cancellation", define_cancellation(env));
  exports.Set("createCudaIndex", Napi::Function::New<create>(env, "createCudaIndex"));
  exports.Set("devices", Napi::Function::New<devices>(env, "devices"));
  exports.Set("useThreads", Napi::Function::New<use_threads>(env, "useThreads"));
  return exports;
}

}  // namespace

}  // namespace tenbin::binding

static Napi::Object tenbin_cuda_init(Napi::Env env, Napi::Object exports) {
  return tenbin::binding::init(env, exports);
}

NODE_API_MODULE(tenbin_cuda, tenbin_cuda_init)
