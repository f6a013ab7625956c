#include "CAssets.h"

// #embed is C23; the toolchain's clang has it.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char chart_js[] = {
#embed "/usr/share/javascript/chart.js/chart.min.js"
};
const Asset asset_chart_js = {chart_js, sizeof chart_js};

static const unsigned char qa_feedback[] = {
#embed "presets/qa-feedback.yaml"
};
static const unsigned char cloud_api[] = {
#embed "presets/cloud-api.yaml"
};
static const unsigned char quiz_bot[] = {
#embed "presets/quiz-bot.yaml"
};
static const unsigned char campaign_warmup[] = {
#embed "presets/campaign-warmup.yaml"
};
static const unsigned char conservative_bot[] = {
#embed "presets/conservative-bot.yaml"
};
const Asset asset_qa_feedback = {qa_feedback, sizeof qa_feedback};
const Asset asset_cloud_api = {cloud_api, sizeof cloud_api};
const Asset asset_quiz_bot = {quiz_bot, sizeof quiz_bot};
const Asset asset_campaign_warmup = {campaign_warmup, sizeof campaign_warmup};
const Asset asset_conservative_bot = {conservative_bot, sizeof conservative_bot};
