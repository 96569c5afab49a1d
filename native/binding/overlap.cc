#include "overlap.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arguments.h"
#include "environment.h"
#include "tenbin/errors.h"
#include "tenbin/overlap_index.h"

namespace tenbin::binding {

namespace {

/// (runWords, runCharacters, similarity)
OverlapOptions overlap_options(const Napi::CallbackInfo& info) {
  return {uint32(info[0], "runWords"), uint32(info[1], "runCharacters"), number(info[2], "similarity")};
}

std::shared_ptr<OverlapIndex> make_index(const Napi::CallbackInfo& info) {
  try {
    return std::make_shared<OverlapIndex>(overlap_options(info));
  } catch (const InputError& error) {
    throw Napi::TypeError::New(info.Env(), error.what());
  }
}

RowLayout row_layout(const Napi::Value& value) {
  const std::string name = string(value, "layout");
  if (name == "texts") return RowLayout::kTexts;
  if (name == "lines") return RowLayout::kLines;
  if (name == "json_lines") return RowLayout::kJsonLines;
  throw Napi::TypeError::New(value.Env(), "layout must be texts, lines or json_lines");
}

/// What a matching job reads and makes.
struct Matching {
  RowBlock block;
  std::vector<std::string> fields;
  OverlapMatches result;
};

const char* name_of_kind(OverlapKind kind) {
  switch (kind) {
    case OverlapKind::kExact:
      return "exact";
    case OverlapKind::kShort:
      return "short";
    case OverlapKind::kNear:
      return "near";
    case OverlapKind::kContained:
      return "contained";
  }
  return "";
}

Napi::Object to_object(Napi::Env env, const OverlapMatch& match) {
  const Napi::Object object = Napi::Object::New(env);
  object.Set("row", match.row);
  object.Set("begin", match.row_begin);
  object.Set("end", match.row_end);
  object.Set("text", match.text);
  object.Set("kind", name_of_kind(match.kind));
  object.Set("similarity", match.similarity);
  object.Set("field", match.field);
  object.Set("excerpt", match.excerpt);
  return object;
}

Napi::Value to_result(Napi::Env env, const OverlapMatches& found) {
  const Napi::Object result = Napi::Object::New(env);
  result.Set("rows", found.rows);
  const Napi::Array matches = Napi::Array::New(env, found.matches.size());
  for (std::uint32_t i = 0; i < found.matches.size(); ++i) {
    const Napi::HandleScope scope(env);
    matches.Set(i, to_object(env, found.matches[i]));
  }
  result.Set("matches", matches);
  if (found.bad_row != OverlapMatches::kNone) {
    const Napi::Object bad = Napi::Object::New(env);
    bad.Set("row", found.bad_row);
    bad.Set("begin", found.bad_begin);
    bad.Set("end", found.bad_end);
    result.Set("bad", bad);
  }
  return result;
}

/// new OverlapIndex(runWords, runCharacters, similarity). Texts are added one call after the other, each when
/// the one before has settled; then rows are matched, by any number of calls at a time.
class OverlapIndexObject : public Napi::ObjectWrap<OverlapIndexObject> {
 public:
  explicit OverlapIndexObject(const Napi::CallbackInfo& info) : ObjectWrap(info), index_(make_index(info)) {}

  /// add(bytes, offsets, cancellation?) -> Promise<void>
  Napi::Value add(const Napi::CallbackInfo& info) {
    const TextRows texts = text_rows(info, 0);
    return Environment::start(
        info, 2, [index = idle(info.Env()), texts](const Execution& execution) { index->add(texts, execution); });
  }

  /// finish(cancellation?) -> Promise<void>
  Napi::Value finish(const Napi::CallbackInfo& info) {
    return Environment::start(info, 0,
                              [index = idle(info.Env())](const Execution& execution) { index->finish(execution); });
  }

  /// match(bytes, offsets, layout, fields, cancellation?) -> Promise<{ rows, matches, bad? }>
  Napi::Value match(const Napi::CallbackInfo& info) {
    const TextRows rows = text_rows(info, 0);
    auto matching = std::make_shared<Matching>();
    if (!info[3].IsArray()) throw Napi::TypeError::New(info.Env(), "fields must be an array");
    const auto fields = info[3].As<Napi::Array>();
    for (std::uint32_t i = 0; i < fields.Length(); ++i) matching->fields.push_back(string(fields.Get(i), "fields"));
    matching->block = {row_layout(info[2]), rows.bytes, rows.offsets, matching->fields};
    return Environment::start(
        info, 4,
        [index = index_, matching](const Execution& execution) {
          matching->result = index->match(matching->block, execution);
        },
        [matching](Napi::Env env) { return to_result(env, matching->result); });
  }

 private:
  /// Throws while a job holds the index.
  const std::shared_ptr<OverlapIndex>& idle(Napi::Env env) const {
    if (index_.use_count() > 1) throw Napi::Error::New(env, "the call before has not settled yet");
    return index_;
  }

  std::shared_ptr<OverlapIndex> index_;
};

}  // namespace

void define_overlap(Napi::Env env, Napi::Object exports) {
  exports.Set("OverlapIndex", OverlapIndexObject::DefineClass(
                                  env, "OverlapIndex",
                                  {OverlapIndexObject::InstanceMethod<&OverlapIndexObject::add>("add"),
                                   OverlapIndexObject::InstanceMethod<&OverlapIndexObject::finish>("finish"),
                                   OverlapIndexObject::InstanceMethod<&OverlapIndexObject::match>("match")}));
}

}  // namespace tenbin::binding
