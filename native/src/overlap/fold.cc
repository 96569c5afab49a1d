#include "overlap/fold.h"

namespace tenbin::fold_tables {

#include "overlap/fold_tables.inc.h"

}  // namespace tenbin::fold_tables
