#pragma once

#include <napi.h>

#include <memory>

#include "arguments.h"
#include "index_object.h"
#include "tenbin/vector_index.h"

namespace tenbin::binding {

/// info[0] is the rows, then come how many and their dimension.
inline Matrix matrix_argument(const Napi::CallbackInfo& info, const char* name) {
  return {float32_array(info[0], name), uint32(info[1], "count"), uint32(info[2], "dimension")};
}

/// The part that the classes of exact vector indexes have in common, whatever searches.
template <typename Self, typename Core>
class ExactIndexObject : public IndexObject<Self, Core> {
 public:
  using IndexObject<Self, Core>::IndexObject;

 protected:
  /// search(queries, count, dimension, filter?, candidateOffsets?, candidateIds?, k, indices, scores, counts,
  /// cancellation?) -> Promise<{ fallbacks, scored }>
  Napi::Value search_exactly(const Napi::CallbackInfo& info) {
    const Matrix queries = matrix_argument(info, "queries");
    const auto& shared = this->alive(info.Env());
    // A transfer of the buffer or, if it is resizable, its shrinking since the index was made has taken memory away.
    if (!shared->memory.IsEmpty() && shared->memory.Value().template As<Napi::TypedArray>().ElementLength() <
                                         shared->core.size() * shared->core.dimension()) {
      throw Napi::Error::New(info.Env(),
                             "the embeddings of the index are detached: their buffer was transferred or shrunk");
    }
    Subset subset{optional_uint8_array(info[3], "filter"), {}};
    if (!info[4].IsUndefined()) {
      subset.candidates = {uint32_array(info[4], "candidateOffsets"), uint32_array(info[5], "candidateIds")};
    }
    auto report = std::make_shared<SearchReport>();
    return this->start_search(
        info, 7, uint32(info[6], "k"),
        [queries, subset, report](const Core& index, const TopK& out, const Execution& execution) {
          *report = index.search(queries, subset, out, execution);
        },
        [report](Napi::Env env) {
          const Napi::Object result = Napi::Object::New(env);
          result.Set("fallbacks", static_cast<double>(report->fallbacks));
          result.Set("scored", static_cast<double>(report->scored));
          return result;
        });
  }

  Napi::Value count_zero_vectors(const Napi::CallbackInfo& info) const {
    return Napi::Number::New(info.Env(), static_cast<double>(this->alive(info.Env())->core.zero_vectors()));
  }
};

}  // namespace tenbin::binding
