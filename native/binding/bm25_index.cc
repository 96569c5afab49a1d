#include "bm25_index.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "analysis.h"
#include "index_object.h"
#include "tenbin/bm25_index.h"

namespace tenbin::binding {

namespace {

constexpr std::array<std::pair<const char*, Bm25Method>, 5> kMethods = {{{"robertson", Bm25Method::kRobertson},
                                                                         {"lucene", Bm25Method::kLucene},
                                                                         {"atire", Bm25Method::kAtire},
                                                                         {"bm25l", Bm25Method::kBm25L},
                                                                         {"bm25+", Bm25Method::kBm25Plus}}};

Bm25Method method_from_name(const Napi::Value& value) {
  const std::string name = string(value, "method");
  for (const auto& [known, method] : kMethods) {
    if (name == known) return method;
  }
  throw Napi::TypeError::New(value.Env(), "method is not known: " + name);
}

class Bm25IndexObject : public IndexObject<Bm25IndexObject, Bm25Index> {
 public:
  using IndexObject::IndexObject;

  void dispose(const Napi::CallbackInfo&) { release(); }

  /// search(queryOffsets, queryIds, filter?, candidateOffsets?, candidateIds?, k, indices, scores, counts,
  /// cancellation?) -> Promise<void>
  Napi::Value search(const Napi::CallbackInfo& info) {
    const IdRows queries{uint32_array(info[0], "queryOffsets"), uint32_array(info[1], "queryIds")};
    Subset subset{optional_uint8_array(info[2], "filter"), {}};
    if (!info[3].IsUndefined()) {
      subset.candidates = {uint32_array(info[3], "candidateOffsets"), uint32_array(info[4], "candidateIds")};
    }
    return start_search(info, 6, uint32(info[5], "k"),
                        [queries, subset](const Bm25Index& index, const TopK& out, const Execution& execution) {
                          index.search(queries, subset, out, execution);
                        });
  }

  /// findTerms(bytes, offsets) -> Uint32Array, 2^32 - 1 for a term that no document has
  Napi::Value find_terms(const Napi::CallbackInfo& info) {
    const Bm25Index& index = alive(info.Env())->core;
    const TextRows terms = text_rows(info, 0);
    try {
      terms.check("terms");
    } catch (const InputError& error) {
      throw Napi::TypeError::New(info.Env(), error.what());
    }
    auto ids = Napi::Uint32Array::New(info.Env(), terms.size());
    for (std::size_t i = 0; i < terms.size(); ++i) ids[i] = index.find_term(terms.row(i));
    return ids;
  }

  /// explain(queryIds, document) -> { score, documentLength, weighedLength, parts: [{ documentFrequency, idf,
  /// frequency, tfPart, contribution }] }, one part a query id
  Napi::Value explain(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const auto query = uint32_array(info[0], "queryIds");
    const std::uint32_t document = uint32(info[1], "document");
    Bm25Explanation explanation;
    try {
      explanation = alive(env)->core.explain(query, document);
    } catch (const InputError& error) {
      throw Napi::TypeError::New(env, error.what());
    }
    const Napi::Array parts = Napi::Array::New(env, explanation.parts.size());
    for (std::uint32_t i = 0; i < explanation.parts.size(); ++i) {
      const Bm25Explanation::Part& part = explanation.parts[i];
      const Napi::Object object = Napi::Object::New(env);
      object.Set("documentFrequency", static_cast<double>(part.document_frequency));
      object.Set("idf", part.idf);
      object.Set("frequency", part.frequency);
      object.Set("tfPart", part.tf_part);
      object.Set("contribution", part.contribution);
      parts.Set(i, object);
    }
    const Napi::Object result = Napi::Object::New(env);
    result.Set("score", explanation.score);
    result.Set("documentLength", explanation.document_length);
    result.Set("weighedLength", explanation.weighed_length);
    result.Set("parts", parts);
    return result;
  }

  /// facts() -> { size, terms, postings, tokens, method, k1, b, delta, quantizeLengths }
  Napi::Value facts(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const Bm25Index& index = alive(env)->core;
    const Bm25Parameters& parameters = index.parameters();
    const Napi::Object result = Napi::Object::New(env);
    result.Set("size", static_cast<double>(index.size()));
    result.Set("terms", static_cast<double>(index.terms()));
    result.Set("postings", static_cast<double>(index.postings()));
    result.Set("tokens", static_cast<double>(index.tokens()));
    result.Set("method", kMethods[static_cast<std::size_t>(parameters.method)].first);
    result.Set("k1", parameters.k1);
    result.Set("b", parameters.b);
    result.Set("delta", parameters.delta);
    result.Set("quantizeLengths", parameters.quantize_lengths);
    return result;
  }

  /// attachment() -> Uint8Array, a copy of what was saved beside the index
  Napi::Value attachment(const Napi::CallbackInfo& info) {
    const std::string_view attachment = alive(info.Env())->core.attachment();
    auto bytes = Napi::Uint8Array::New(info.Env(), attachment.size());
    std::copy(attachment.begin(), attachment.end(), bytes.Data());
    return bytes;
  }

  /// save(path, attachment, cancellation?) -> Promise<void>
  Napi::Value save(const Napi::CallbackInfo& info) {
    const auto bytes = uint8_array(info[1], "attachment");
    const std::string_view attachment(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return Environment::start(
        info, 2, [index = alive(info.Env()), path = string(info[0], "path"), attachment](const Execution& execution) {
          index->core.save(path, attachment, execution.cancellation);
        });
  }
};

Napi::Value to_object(Napi::Env env, Bm25Index index) {
  ExternalMemory counted(env, index.size_bytes());
  auto shared =
      std::make_shared<SharedIndex<Bm25Index>>(SharedIndex<Bm25Index>{std::move(index), {}, std::move(counted)});
  return Bm25IndexObject::wrap(Environment::of(env).bm25_index, std::move(shared));
}

/// buildBm25Index(documents, tieRanks, method, k1, b, delta, quantizeLengths, cancellation?) -> Promise<Bm25Index>
Napi::Value build(const Napi::CallbackInfo& info) {
  const auto tie_ranks = uint32_array(info[1], "tieRanks");
  const Bm25Parameters parameters{method_from_name(info[2]), number(info[3], "k1"), number(info[4], "b"),
                                  number(info[5], "delta"), boolean(info[6], "quantizeLengths")};
  cancellation(info[7]);  // is to be refused before the tokens are taken
  auto documents = std::make_shared<CorpusTokens>(take_corpus_tokens(info[0]));
  auto built = std::make_shared<std::optional<Bm25Index>>();
  return Environment::start(
      info, 7,
      [built, documents, tie_ranks, parameters](const Execution& execution) {
        *built = Bm25Index::build(std::move(*documents), tie_ranks, parameters, execution);
      },
      [built](Napi::Env env) { return to_object(env, std::move(**built)); });
}

/// openBm25Index(path, cancellation?) -> Promise<Bm25Index>
Napi::Value open(const Napi::CallbackInfo& info) {
  auto opened = std::make_shared<std::optional<Bm25Index>>();
  return Environment::start(
      info, 1,
      [opened, path = string(info[0], "path")](const Execution& execution) {
        *opened = Bm25Index::open(path, execution);
      },
      [opened](Napi::Env env) { return to_object(env, std::move(**opened)); });
}

}  // namespace

void define_bm25_index(Napi::Env env, Napi::Object exports) {
  const Napi::Function constructor =
      Bm25IndexObject::DefineClass(env, "Bm25Index",
                                   {Bm25IndexObject::InstanceMethod<&Bm25IndexObject::search>("search"),
                                    Bm25IndexObject::InstanceMethod<&Bm25IndexObject::find_terms>("findTerms"),
                                    Bm25IndexObject::InstanceMethod<&Bm25IndexObject::explain>("explain"),
                                    Bm25IndexObject::InstanceMethod<&Bm25IndexObject::facts>("facts"),
                                    Bm25IndexObject::InstanceMethod<&Bm25IndexObject::attachment>("attachment"),
                                    Bm25IndexObject::InstanceMethod<&Bm25IndexObject::save>("save"),
                                    Bm25IndexObject::InstanceMethod<&Bm25IndexObject::dispose>("dispose")});
  Environment::of(env).bm25_index = Napi::Persistent(constructor);
  exports.Set("buildBm25Index", Napi::Function::New<build>(env, "buildBm25Index"));
  exports.Set("openBm25Index", Napi::Function::New<open>(env, "openBm25Index"));
}

}  // namespace tenbin::binding
