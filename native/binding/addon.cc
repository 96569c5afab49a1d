#include <napi.h>

#include <string>
#include <vector>

#include "analysis.h"
#include "arguments.h"
#include "bm25_index.h"
#include "environment.h"
#include "overlap.h"
#include "quantized_index.h"
#include "runtime.h"
#include "tenbin/errors.h"
#include "vector_index.h"

namespace tenbin::binding {

namespace {

Napi::Array names(Napi::Env env, const std::vector<Isa>& isas) {
  const Napi::Array array = Napi::Array::New(env, isas.size());
  for (std::uint32_t i = 0; i < isas.size(); ++i) array.Set(i, std::string(name_of(isas[i])));
  return array;
}

/// configure(isa?, threads?) -> { isa, isas: { compiled, usable }, threads }, what is in force for the process.
Napi::Value configure(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Runtime& runtime = Runtime::get();
  if (!info[0].IsUndefined()) {
    try {
      runtime.use(isa_from_name(info[0].ToString().Utf8Value()));
    } catch (const InputError& error) {
      throw Napi::Error::New(env, error.what());
    }
  }
  if (!info[1].IsUndefined()) {
    const std::uint32_t threads = uint32(info[1], "threads");
    if (threads < 1 || threads > 1024) throw Napi::Error::New(env, "threads must be between 1 and 1024");
    runtime.use_threads(threads);
  }
  const Napi::Object isas = Napi::Object::New(env);
  isas.Set("compiled", names(env, compiled_isas()));
  isas.Set("usable", names(env, usable_isas()));
  const Napi::Object result = Napi::Object::New(env);
  result.Set("isa", std::string(name_of(runtime.isa())));
  result.Set("isas", isas);
  result.Set("threads", static_cast<double>(runtime.threads()));
  return result;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Environment::install(env);
  exports.Set("Cancellation", define_cancellation(env));
  exports.Set("configure", Napi::Function::New<configure>(env, "configure"));
  define_analysis(env, exports);
  define_bm25_index(env, exports);
  define_overlap(env, exports);
  define_quantized_index(env, exports);
  define_vector_index(env, exports);
  return exports;
}

}  // namespace

}  // namespace tenbin::binding

static Napi::Object tenbin_init(Napi::Env env, Napi::Object exports) { return tenbin::binding::init(env, exports); }

NODE_API_MODULE(tenbin, tenbin_init)
