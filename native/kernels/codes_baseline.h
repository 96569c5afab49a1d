#pragma once

#include "codes_portable.h"
