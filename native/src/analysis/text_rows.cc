#include <string>

#include "tenbin/corpus_tokens.h"
#include "tenbin/errors.h"

namespace tenbin {

void TextRows::check(const char* what) const {
  const std::string name(what);
  if (offsets.empty() || offsets.back() > bytes.size()) {
    throw InputError(name + ": offsets must be one more than rows and end within the bytes");
  }
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    if (offsets[i] > offsets[i + 1]) throw InputError(name + ": offsets descend at row " + std::to_string(i));
  }
  if (!cut.empty() && cut.size() != size()) throw InputError(name + ": one mark a row is needed");
}

}  // namespace tenbin
