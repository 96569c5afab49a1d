#include "quantized_index.h"

#include <optional>
#include <string>

#include "index_object.h"
#include "tenbin/quantized_index.h"

namespace tenbin::binding {

namespace {

Matrix matrix(const Napi::CallbackInfo& info, const char* name) {
  return {float32_array(info[0], name), uint32(info[1], "count"), uint32(info[2], "dimension")};
}

Precision precision_from_name(const Napi::Value& value) {
  const std::string name = string(value, "precision");
  if (name == "float16") return Precision::kFloat16;
  if (name == "int8") return Precision::kInt8;
  if (name == "binary") return Precision::kBinary;
  throw Napi::TypeError::New(value.Env(), "precision must be float16, int8 or binary");
}

Metric metric_from_name(const Napi::Value& value) {
  const std::string name = string(value, "metric");
  if (name == "cosine") return Metric::kCosine;
  if (name == "dot") return Metric::kDot;
  throw Napi::TypeError::New(value.Env(), "metric must be cosine or dot");
}

class QuantizedIndexObject : public IndexObject<QuantizedIndexObject, QuantizedIndex> {
 public:
  using IndexObject::IndexObject;

  void dispose(const Napi::CallbackInfo&) { release(); }

  /// search(queries, count, dimension, k, indices, scores, counts, cancellation?) -> Promise<void>
  Napi::Value search(const Napi::CallbackInfo& info) {
    const Matrix queries = matrix(info, "queries");
    return start_search(info, 4, uint32(info[3], "k"),
                        [queries](const QuantizedIndex& index, const TopK& out, const Execution& execution) {
                          index.search(queries, out, execution);
                        });
  }
};

/// createQuantizedIndex(embeddings, count, dimension, precision, metric, tieRanks, cancellation?) ->
/// Promise<QuantizedIndex>
Napi::Value create(const Napi::CallbackInfo& info) {
  const Precision precision = precision_from_name(info[3]);
  const Metric metric = metric_from_name(info[4]);
  const Matrix documents = matrix(info, "embeddings");
  const auto tie_ranks = uint32_array(info[5], "tieRanks");
  auto created = std::make_shared<std::optional<QuantizedIndex>>();
  return Environment::start(
      info, 6,
      [created, documents, precision, metric, tie_ranks](const Execution& execution) {
        *created = QuantizedIndex::create(documents, precision, metric, tie_ranks, execution);
      },
      [created](Napi::Env env) {
        ExternalMemory counted(env, (*created)->size_bytes());
        auto shared = std::make_shared<SharedIndex<QuantizedIndex>>(
            SharedIndex<QuantizedIndex>{std::move(**created), {}, std::move(counted)});
        return QuantizedIndexObject::wrap(Environment::of(env).quantized_index, std::move(shared));
      });
}

}  // namespace

void define_quantized_index(Napi::Env env, Napi::Object exports) {
  const Napi::Function constructor = QuantizedIndexObject::DefineClass(
      env, "QuantizedIndex",
      {QuantizedIndexObject::InstanceMethod<&QuantizedIndexObject::search>("search"),
       QuantizedIndexObject::InstanceMethod<&QuantizedIndexObject::dispose>("dispose")});
  Environment::of(env).quantized_index = Napi::Persistent(constructor);
  exports.Set("createQuantizedIndex", Napi::Function::New<create>(env, "createQuantizedIndex"));
}

}  // namespace tenbin::binding
