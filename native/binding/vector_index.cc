#include "vector_index.h"

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "exact_index_object.h"
#include "tenbin/vector_index.h"

namespace tenbin::binding {

namespace {

class VectorIndexObject : public ExactIndexObject<VectorIndexObject, VectorIndex> {
 public:
  using ExactIndexObject::ExactIndexObject;

  void dispose(const Napi::CallbackInfo&) { release(); }

  Napi::Value search(const Napi::CallbackInfo& info) { return search_exactly(info); }
  Napi::Value zero_vectors(const Napi::CallbackInfo& info) { return count_zero_vectors(info); }
};

Metric metric_from_name(const Napi::Value& value) {
  const std::string name = string(value, "metric");
  if (name == "cosine") return Metric::kCosine;
  if (name == "dot") return Metric::kDot;
  throw Napi::TypeError::New(value.Env(), "metric must be cosine or dot");
}

/// @param memory of the embeddings, none where the index owns it
Napi::Value to_object(Napi::Env env, VectorIndex index, Napi::ObjectReference memory) {
  ExternalMemory counted(env, index.size_bytes());
  auto shared = std::make_shared<SharedIndex<VectorIndex>>(
      SharedIndex<VectorIndex>{std::move(index), std::move(memory), std::move(counted)});
  return VectorIndexObject::wrap(Environment::of(env).vector_index, std::move(shared));
}

/// createVectorIndex(embeddings, count, dimension, metric, tieRanks, codes, cancellation?) -> Promise<VectorIndex>
Napi::Value create(const Napi::CallbackInfo& info) {
  const Matrix documents = matrix_argument(info, "embeddings");
  const Metric metric = metric_from_name(info[3]);
  const auto tie_ranks = uint32_array(info[4], "tieRanks");
  const Scan scan = boolean(info[5], "codes") ? Scan::kCodes : Scan::kFloat32;
  auto created = std::make_shared<std::optional<VectorIndex>>();
  auto memory = std::make_shared<Napi::ObjectReference>(Napi::Persistent(info[0].As<Napi::Object>()));
  return Environment::start(
      info, 6,
      [created, documents, metric, tie_ranks, scan](const Execution& execution) {
        *created = VectorIndex::create(documents, metric, tie_ranks, scan, execution);
      },
      [created, memory](Napi::Env env) { return to_object(env, std::move(**created), std::move(*memory)); });
}

/// openVectorIndex(path, offset, count, dimension, metric, tieRanks, codes, cancellation?) -> Promise<VectorIndex>
Napi::Value open(const Napi::CallbackInfo& info) {
  const double offset = number(info[1], "offset");
  if (!(offset >= 0 && offset <= 0x1p53) || offset != std::floor(offset)) {
    throw Napi::TypeError::New(info.Env(), "offset must be a whole number");
  }
  const std::uint32_t count = uint32(info[2], "count");
  const std::uint32_t dimension = uint32(info[3], "dimension");
  const Metric metric = metric_from_name(info[4]);
  const auto tie_ranks = uint32_array(info[5], "tieRanks");
  const Scan scan = boolean(info[6], "codes") ? Scan::kCodes : Scan::kFloat32;
  auto opened = std::make_shared<std::optional<VectorIndex>>();
  return Environment::start(
      info, 7,
      [opened, path = string(info[0], "path"), first = static_cast<std::uint64_t>(offset), count, dimension, metric,
       tie_ranks, scan](const Execution& execution) {
        *opened = VectorIndex::open(path, first, count, dimension, metric, tie_ranks, scan, execution);
      },
      [opened](Napi::Env env) { return to_object(env, std::move(**opened), {}); });
}

}  // namespace

void define_vector_index(Napi::Env env, Napi::Object exports) {
  const Napi::Function constructor = VectorIndexObject::DefineClass(
      env, "VectorIndex",
      {VectorIndexObject::InstanceMethod<&VectorIndexObject::search>("search"),
       VectorIndexObject::InstanceMethod<&VectorIndexObject::dispose>("dispose"),
       VectorIndexObject::InstanceMethod<&VectorIndexObject::zero_vectors>("zeroVectors")});
  Environment::of(env).vector_index = Napi::Persistent(constructor);
  exports.Set("createVectorIndex", Napi::Function::New<create>(env, "createVectorIndex"));
  exports.Set("openVectorIndex", Napi::Function::New<open>(env, "openVectorIndex"));
}

}  // namespace tenbin::binding
