#pragma once

#include "words_portable.h"
