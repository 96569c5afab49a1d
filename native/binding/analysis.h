#pragma once

#include <napi.h>

#include "tenbin/corpus_tokens.h"

namespace tenbin::binding {

/// Defines the classes TextAnalyzer and CorpusTokens and adds their constructors to the exports.
void define_analysis(Napi::Env env, Napi::Object exports);

/// The tokens of a CorpusTokens object, which is empty from then on. Throws for another object or one already taken.
CorpusTokens take_corpus_tokens(const Napi::Value& value);

}  // namespace tenbin::binding
