#include "CAssets.h"

// #embed is C23; the toolchain's clang has it.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char chart_js[] = {
#embed "/usr/share/javascript/chart.js/chart.min.js"
};
const Asset asset_chart_js = {chart_js, sizeof chart_js};
