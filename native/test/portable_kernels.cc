// The lanes for platforms without their own, so that they are tested on this one too.

#include "portable_kernels.h"

#include <cstring>

#include "codes_portable.h"
#include "lanes_portable.h"
#include "words_portable.h"
// The order matters: the operations are written in the lanes.
#include "add_packed.inc.h"
#include "code_row.inc.h"
#include "collect_at_least.inc.h"
#include "collect_bounded.inc.h"
#include "count_at_least.inc.h"
#include "dot_codes.inc.h"
#include "dot_exact.inc.h"
#include "dot_listed.inc.h"
#include "dot_tile.inc.h"
#include "group_maxima.inc.h"
#include "hamming.inc.h"
#include "squared_norm.inc.h"

const tenbin::Kernels kPortableKernels = {dot_tile,        dot_listed,     dot_exact,    squared_norm, collect_at_least,
                                          add_packed,      count_at_least, group_maxima, hamming,      code_row,
                                          collect_bounded, dot_codes,      false,        false};
