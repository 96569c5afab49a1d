#pragma once

#include "kernels/kernels.h"

extern const tenbin::Kernels kPortableKernels;
