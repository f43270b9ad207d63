/* SPDX-License-Identifier: Apache-2.0 */
/* The mock host of source plugins is part of the kit for writers: tocsin plugin check is made of it too. */
#include "kit/feed.h"
