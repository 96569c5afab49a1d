#include <faiss/Index.h>
#include <napi.h>

#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "arguments.h"
#include "environment.h"
#include "faiss_index.h"
#include "index_object.h"
#include "runtime.h"

namespace tenbin::binding {

namespace {

/// Rows at info[0], how many at info[1]. Throws TypeError when they are not `count` rows of the index's dimension, as
/// when their buffer is detached.
Matrix rows(const Napi::CallbackInfo& info, const FaissIndex& index, const char* name) {
  const Matrix matrix{float32_array(info[0], name), uint32(info[1], "count"), index.dimension()};
  if (matrix.data.size() != matrix.count * matrix.dimension) {
    throw Napi::TypeError::New(info.Env(), std::string(name) + " must be rows of the dimension of the index");
  }
  return matrix;
}

class FaissIndexObject : public IndexObject<FaissIndexObject, FaissIndex> {
 public:
  using IndexObject::IndexObject;

  void dispose(const Napi::CallbackInfo&) { release(); }

  /// train(rows, count, cancellation?) -> Promise<void>
  Napi::Value train(const Napi::CallbackInfo& info) {
    const auto index = alive(info.Env());
    const Matrix sample = rows(info, index->core, "rows");
    return Environment::start(info, 2,
                              [index, sample](const Execution& execution) { index->core.train(sample, execution); });
  }

  /// add(rows, count, cancellation?) -> Promise<void>
  Napi::Value add(const Napi::CallbackInfo& info) {
    const auto index = alive(info.Env());
    const Matrix documents = rows(info, index->core, "rows");
    return Environment::start(
        info, 2, [index, documents](const Execution& execution) { index->core.add(documents, execution); });
  }

  /// search(queries, count, k, indices, scores, counts, cancellation?) -> Promise<void>
  Napi::Value search(const Napi::CallbackInfo& info) {
    const Matrix queries = rows(info, alive(info.Env())->core, "queries");
    const std::uint32_t k = uint32(info[2], "k");
    const TopK out = top_k(info, 3, k);
    const std::size_t entries = queries.count * k;
    if (out.indices.size() != entries || out.scores.size() != entries || out.counts.size() != queries.count) {
      throw Napi::TypeError::New(info.Env(),
                                 "indices and scores must have count * k entries, and counts must have count");
    }
    return start_search(info, 3, k,
                        [queries](const FaissIndex& index, const TopK& results, const Execution& execution) {
                          index.search(queries, results, execution);
                        });
  }

  /// setParameters(parameters, cancellation?) -> Promise<void>
  Napi::Value set_parameters(const Napi::CallbackInfo& info) {
    const auto index = alive(info.Env());
    return Environment::start(info, 1, [index, parameters = string(info[0], "parameters")](const Execution&) {
      index->core.set_parameters(parameters);
    });
  }

  /// useGpus(cancellation?) -> Promise<void>
  Napi::Value use_gpus(const Napi::CallbackInfo& info) {
    const auto index = alive(info.Env());
    return Environment::start(info, 0, [index](const Execution&) { index->core.use_gpus(); });
  }

  /// save(path, cancellation?) -> Promise<void>
  Napi::Value save(const Napi::CallbackInfo& info) {
    const auto index = alive(info.Env());
    return Environment::start(info, 1, [index, path = string(info[0], "path")](const Execution& execution) {
      index->core.save(path, execution);
    });
  }

  /// facts(cancellation?) -> Promise<{ size, dimension, trained, flat, clusters, gpus }>
  Napi::Value facts(const Napi::CallbackInfo& info) {
    const auto index = alive(info.Env());
    const auto facts = std::make_shared<FaissFacts>();
    return Environment::start(
        info, 0, [index, facts](const Execution&) { *facts = index->core.facts(); },
        [facts](Napi::Env env) {
          const Napi::Object object = Napi::Object::New(env);
          object.Set("size", static_cast<double>(facts->size));
          object.Set("dimension", static_cast<double>(facts->dimension));
          object.Set("trained", facts->trained);
          object.Set("flat", facts->flat);
          object.Set("clusters", static_cast<double>(facts->clusters));
          object.Set("gpus", facts->gpus);
          return object;
        });
  }
};

/// Starts the job that makes an index by `make(execution)`.
template <typename Make>
Napi::Value start_making(const Napi::CallbackInfo& info, std::size_t cancellation_at, Make make) {
  const auto made = std::make_shared<std::optional<FaissIndex>>();
  return Environment::start(
      info, cancellation_at, [made, make](const Execution& execution) { *made = make(execution); },
      [made](Napi::Env env) {
        using Shared = FaissIndexObject::Shared;
        return FaissIndexObject::wrap(Environment::of(env).vector_index,
                                      std::make_shared<Shared>(Shared{std::move(**made), {}}));
      });
}

/// createFaissIndex(dimension, factory, expected, cancellation?) -> Promise<FaissIndex>
Napi::Value create(const Napi::CallbackInfo& info) {
  const std::uint32_t dimension = uint32(info[0], "dimension");
  if (dimension < 1 || dimension > std::numeric_limits<int>::max()) {
    throw Napi::TypeError::New(info.Env(), "dimension must be at least 1 and below 2^31");
  }
  return start_making(info, 3,
                      [dimension, factory = string(info[1], "factory"), expected = uint32(info[2], "expected")](
                          const Execution&) { return FaissIndex::make(dimension, factory, expected); });
}

/// openFaissIndex(path, cancellation?) -> Promise<FaissIndex>
Napi::Value open(const Napi::CallbackInfo& info) {
  return start_making(info, 1, [path = string(info[0], "path")](const Execution& execution) {
    return FaissIndex::load(path, execution);
  });
}

/// useThreads(threads): for the process, before its first index.
void use_threads(const Napi::CallbackInfo& info) {
  const std::uint32_t threads = uint32(info[0], "threads");
  if (threads < 1 || threads > 1024) throw Napi::TypeError::New(info.Env(), "threads must be between 1 and 1024");
  Runtime::get().use_threads(threads);
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Environment::install(env);
  using Object = FaissIndexObject;
  const Napi::Function constructor = Object::DefineClass(
      env, "FaissIndex",
      {Object::InstanceMethod<&Object::train>("train"), Object::InstanceMethod<&Object::add>("add"),
       Object::InstanceMethod<&Object::search>("search"),
       Object::InstanceMethod<&Object::set_parameters>("setParameters"),
       Object::InstanceMethod<&Object::use_gpus>("useGpus"), Object::InstanceMethod<&Object::save>("save"),
       Object::InstanceMethod<&Object::facts>("facts"), Object::InstanceMethod<&Object::dispose>("dispose")});
  Environment::of(env).vector_index = Napi::Persistent(constructor);
  exports.Set("Cancellation", define_cancellation(env));
  exports.Set("createFaissIndex", Napi::Function::New<create>(env, "createFaissIndex"));
  exports.Set("openFaissIndex", Napi::Function::New<open>(env, "openFaissIndex"));
  exports.Set("useThreads", Napi::Function::New<use_threads>(env, "useThreads"));
  exports.Set("version", std::to_string(FAISS_VERSION_MAJOR) + "." + std::to_string(FAISS_VERSION_MINOR) + "." +
                             std::to_string(FAISS_VERSION_PATCH));
  return exports;
}

}  // namespace

}  // namespace tenbin::binding

static Napi::Object tenbin_faiss_init(Napi::Env env, Napi::Object exports) {
  return tenbin::binding::init(env, exports);
}

NODE_API_MODULE(tenbin_faiss, tenbin_faiss_init)
