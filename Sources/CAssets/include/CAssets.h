// Files that travel inside the binary.
#include <stddef.h>

typedef struct {
    const unsigned char *bytes;
    size_t count;
} Asset;

// Chart.js (MIT), from Debian's libjs-chart.js, for the page of `replay --html`.
extern const Asset asset_chart_js;

// Policies by their use, from the folder presets.
extern const Asset asset_qa_feedback;
extern const Asset asset_cloud_api;
extern const Asset asset_quiz_bot;
extern const Asset asset_campaign_warmup;
extern const Asset asset_conservative_bot;
