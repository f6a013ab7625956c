// Files that travel inside the binary.
#include <stddef.h>

typedef struct {
    const unsigned char *bytes;
    size_t count;
} Asset;

// Chart.js (MIT), from Debian's libjs-chart.js, for the page of `replay --html`.
extern const Asset asset_chart_js;
