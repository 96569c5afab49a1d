#pragma once

// What every processor of the platform has.
#if defined(__x86_64__) || defined(_M_X64)
#include "lanes_sse2.h"
#else
#include "lanes_portable.h"
#endif
