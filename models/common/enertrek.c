#include "common/enertrek.h"

const struct model_conventions enertrek_conventions = {ENERTREK_CONVENTIONS};
