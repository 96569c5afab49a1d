#include "bm25_index.h"

#include <optional>

#include "index_object.h"
#include "tenbin/bm25_index.h"

namespace tenbin::binding {

namespace {

class Bm25IndexObject : public IndexObject<Bm25IndexObject, Bm25Index> {
 public:
  using IndexObject::IndexObject;

  void dispose(const Napi::CallbackInfo&) { release(); }

  /// search(queryOffsets, queryIds, k, indices, scores, counts, cancellation?) -> Promise<void>
  Napi::Value search(const Napi::CallbackInfo& info) {
    const TokenRows queries{uint32_array(info[0], "queryOffsets"), uint32_array(info[1], "queryIds")};
    return start_search(info, 3, uint32(info[2], "k"),
                        [queries](const Bm25Index& index, const TopK& out, const Execution& execution) {
                          index.search(queries, out, execution);
                        });
  }
};

/// buildBm25Index(offsets, ids, vocabularySize, tieRanks, k1, b, cancellation?) -> Promise<Bm25Index>
Napi::Value build(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const TokenRows documents{uint32_array(info[0], "offsets"), uint32_array(info[1], "ids")};
  const std::uint32_t vocabulary_size = uint32(info[2], "vocabularySize");
  const auto tie_ranks = uint32_array(info[3], "tieRanks");
  const Bm25Parameters parameters{number(info[4], "k1"), number(info[5], "b")};
  auto built = std::make_shared<std::optional<Bm25Index>>();
  auto job = std::make_unique<Job>(
      env, cancellation(info[6]),
      [built, documents, vocabulary_size, tie_ranks, parameters](const Execution& execution) {
        *built = Bm25Index::build(documents, vocabulary_size, tie_ranks, parameters, execution);
      },
      [built](Napi::Env result_env) {
        auto shared = std::make_shared<SharedIndex<Bm25Index>>(SharedIndex<Bm25Index>{std::move(**built), {}});
        return Bm25IndexObject::wrap(result_env, Environment::of(result_env).bm25_index, std::move(shared));
      });
  for (const std::size_t i : {0u, 1u, 3u}) job->keep(info[i].As<Napi::Object>());
  return Environment::of(env).start(std::move(job));
}

}  // namespace

void define_bm25_index(Napi::Env env, Napi::Object exports) {
  const Napi::Function constructor =
      Bm25IndexObject::DefineClass(env, "Bm25Index",
                                   {Bm25IndexObject::InstanceMethod<&Bm25IndexObject::search>("search"),
                                    Bm25IndexObject::InstanceMethod<&Bm25IndexObject::dispose>("dispose")});
  Environment::of(env).bm25_index = Napi::Persistent(constructor);
  exports.Set("buildBm25Index", Napi::Function::New<build>(env, "buildBm25Index"));
}

}  // namespace tenbin::binding
