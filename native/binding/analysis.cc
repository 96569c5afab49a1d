#include "analysis.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arguments.h"
#include "environment.h"
#include "tenbin/errors.h"
#include "tenbin/text_analyzer.h"

namespace tenbin::binding {

namespace {

/// The rule called so; any for undefined, of an analyzer that cuts no text itself.
SplitRule split_rule(const Napi::Value& value) {
  if (value.IsUndefined()) return SplitRule::kWhitespace;
  try {
    return split_rule_from_name(string(value, "rule"));
  } catch (const InputError& error) {
    throw Napi::TypeError::New(value.Env(), error.what());
  }
}

std::vector<std::string> strings(const Napi::Value& value, const char* name) {
  if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), std::string(name) + " must be an array");
  const auto array = value.As<Napi::Array>();
  std::vector<std::string> all;
  for (std::uint32_t i = 0; i < array.Length(); ++i) all.push_back(string(array.Get(i), name));
  return all;
}

/// { possessive?, stopWords?, stemmer? }
TokenFilter token_filter(const Napi::Value& value) {
  if (!value.IsObject()) throw Napi::TypeError::New(value.Env(), "filter must be an object");
  const auto object = value.As<Napi::Object>();
  TokenFilter filter;
  const Napi::Value possessive = object.Get("possessive");
  const Napi::Value stop_words = object.Get("stopWords");
  const Napi::Value stemmer = object.Get("stemmer");
  if (!possessive.IsUndefined()) filter.possessive = boolean(possessive, "possessive");
  if (!stop_words.IsUndefined()) filter.stop_words = strings(stop_words, "stopWords");
  if (!stemmer.IsUndefined()) {
    const std::string name = string(stemmer, "stemmer");
    if (name != "porter" && name != "porter_nltk") {
      throw Napi::TypeError::New(value.Env(), "stemmer must be porter or porter_nltk");
    }
    filter.stemmer = name == "porter" ? PorterVariant::kMartin : PorterVariant::kNltk;
  }
  return filter;
}

Napi::Array to_array(Napi::Env env, const std::vector<std::string>& tokens) {
  const Napi::Array array = Napi::Array::New(env, tokens.size());
  for (std::uint32_t i = 0; i < tokens.size(); ++i) array.Set(i, tokens[i]);
  return array;
}

/// new TextAnalyzer(rule?, filter)
class TextAnalyzerObject : public Napi::ObjectWrap<TextAnalyzerObject> {
 public:
  explicit TextAnalyzerObject(const Napi::CallbackInfo& info)
      : ObjectWrap(info), analyzer_(split_rule(info[0]), token_filter(info[1])) {}

  /// analyze(text) -> string[]
  Napi::Value analyze(const Napi::CallbackInfo& info) {
    return to_array(info.Env(), analyzer_.analyze(string(info[0], "text")));
  }

  /// filter(tokens) -> string[]
  Napi::Value filter(const Napi::CallbackInfo& info) {
    return to_array(info.Env(), analyzer_.filter(strings(info[0], "tokens")));
  }

 private:
  TextAnalyzer analyzer_;
};

/// new CorpusTokens(rule?, filter). Its calls are made one after the other, each when the one before has settled; an
/// earlier one is refused.
class CorpusTokensObject : public Napi::ObjectWrap<CorpusTokensObject> {
 public:
  static constexpr napi_type_tag kTag = {0x3c0fd2a97b6e4f18, 0x8a51e7c4906b2d3f};

  explicit CorpusTokensObject(const Napi::CallbackInfo& info)
      : ObjectWrap(info), tokens_(std::make_shared<CorpusTokens>(split_rule(info[0]), token_filter(info[1]))) {
    Value().TypeTag(&kTag);
  }

  /// add(bytes, offsets, cut?, cancellation?) -> Promise<void>
  Napi::Value add(const Napi::CallbackInfo& info) {
    TextRows texts = text_rows(info, 0);
    texts.cut = optional_uint8_array(info[2], "cut");
    return Environment::start(
        info, 3, [tokens = alive(info.Env()), texts](const Execution& execution) { tokens->add(texts, execution); });
  }

  /// finish(cancellation?) -> Promise<void>
  Napi::Value finish(const Napi::CallbackInfo& info) {
    return Environment::start(info, 0,
                              [tokens = alive(info.Env())](const Execution& execution) { tokens->finish(execution); });
  }

  /// terms() -> { bytes, offsets }
  Napi::Value terms(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const CorpusTokens& tokens = *alive(env);
    std::size_t size = 0;
    for (std::size_t i = 0; i < tokens.terms(); ++i) size += tokens.term(i).size();
    if (size > 0xffffffffu) throw Napi::RangeError::New(env, "the distinct tokens are longer than 4 GiB");
    auto bytes = Napi::Uint8Array::New(env, size);
    auto offsets = Napi::Uint32Array::New(env, tokens.terms() + 1);
    std::uint32_t end = 0;
    for (std::size_t i = 0; i < tokens.terms(); ++i) {
      const std::string_view term = tokens.term(i);
      std::copy(term.begin(), term.end(), bytes.Data() + end);
      offsets[i + 1] = end += static_cast<std::uint32_t>(term.size());
    }
    const Napi::Object result = Napi::Object::New(env);
    result.Set("bytes", bytes);
    result.Set("offsets", offsets);
    return result;
  }

  /// replaceTerms(bytes, offsets, dropped, cancellation?) -> Promise<void>
  Napi::Value replace_terms(const Napi::CallbackInfo& info) {
    const TextRows terms = text_rows(info, 0);
    const std::span<const std::uint8_t> dropped = uint8_array(info[2], "dropped");
    return Environment::start(info, 3, [tokens = alive(info.Env()), terms, dropped](const Execution& execution) {
      tokens->replace_terms(terms, dropped, execution);
    });
  }

  CorpusTokens take(Napi::Env env) {
    CorpusTokens tokens = std::move(*alive(env));
    tokens_.reset();
    return tokens;
  }

 private:
  /// Throws when the tokens are gone, or a job holds them.
  const std::shared_ptr<CorpusTokens>& alive(Napi::Env env) const {
    if (!tokens_) throw Napi::Error::New(env, "these tokens were made into an index");
    if (tokens_.use_count() > 1) throw Napi::Error::New(env, "the call before has not settled yet");
    return tokens_;
  }

  std::shared_ptr<CorpusTokens> tokens_;
};

}  // namespace

CorpusTokens take_corpus_tokens(const Napi::Value& value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&CorpusTokensObject::kTag)) {
    throw Napi::TypeError::New(value.Env(), "documents must be CorpusTokens");
  }
  return CorpusTokensObject::Unwrap(value.As<Napi::Object>())->take(value.Env());
}

void define_analysis(Napi::Env env, Napi::Object exports) {
  exports.Set("TextAnalyzer", TextAnalyzerObject::DefineClass(
                                  env, "TextAnalyzer",
                                  {TextAnalyzerObject::InstanceMethod<&TextAnalyzerObject::analyze>("analyze"),
                                   TextAnalyzerObject::InstanceMethod<&TextAnalyzerObject::filter>("filter")}));
  exports.Set("CorpusTokens",
              CorpusTokensObject::DefineClass(
                  env, "CorpusTokens",
                  {CorpusTokensObject::InstanceMethod<&CorpusTokensObject::add>("add"),
                   CorpusTokensObject::InstanceMethod<&CorpusTokensObject::finish>("finish"),
                   CorpusTokensObject::InstanceMethod<&CorpusTokensObject::terms>("terms"),
                   CorpusTokensObject::InstanceMethod<&CorpusTokensObject::replace_terms>("replaceTerms")}));
}

}  // namespace tenbin::binding
