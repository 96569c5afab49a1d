#include "analysis/unicode.h"

namespace tenbin::unicode_tables {

using enum CodePointProperties::Flags;

#include "analysis/unicode_tables.inc.h"

}  // namespace tenbin::unicode_tables
