// How fast simdjson (Debian's libsimdjson-dev) reads an NDJSON file of CloudEvents, touching every
// member: `simdjson FILE [ROUNDS]`, one line of JSON per way of reading, the median of ROUNDS (5).
//
// Only a yardstick for the ledger's own reader, which does more: simdjson neither finds duplicate
// keys nor refuses depth over 64 here, and nothing is laid out as a record.
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace simdjson;

// Sums what a reader would have to look at, so that nothing is optimised away.
struct Touched {
    uint64_t sum = 0;

    void text(std::string_view text) { sum += text.size() + (text.empty() ? 0 : text.front()); }

    void walk(dom::element value) {
        switch (value.type()) {
        case dom::element_type::OBJECT:
            for (auto member : dom::object(value)) {
                text(member.key);
                walk(member.value);
            }
            break;
        case dom::element_type::ARRAY:
            for (auto item : dom::array(value)) walk(item);
            break;
        case dom::element_type::STRING: text(std::string_view(value)); break;
        case dom::element_type::INT64: sum += uint64_t(int64_t(value)); break;
        case dom::element_type::UINT64: sum += uint64_t(value); break;
        case dom::element_type::DOUBLE: sum += uint64_t(double(value)); break;
        case dom::element_type::BOOL: sum += bool(value); break;
        default: break;
        }
    }

    template <typename Value> void walk_on_demand(Value &&value) {
        switch (ondemand::json_type(value.type())) {
        case ondemand::json_type::object:
            for (auto member : ondemand::object(value.get_object())) {
                text(std::string_view(member.unescaped_key()));
                walk_on_demand(member.value());
            }
            break;
        case ondemand::json_type::array:
            for (auto item : ondemand::array(value.get_array())) walk_on_demand(item.value());
            break;
        case ondemand::json_type::string: text(std::string_view(value.get_string())); break;
        case ondemand::json_type::number: sum += uint64_t(double(value.get_double())); break;
        case ondemand::json_type::boolean: sum += bool(value.get_bool()); break;
        default: break;
        }
    }
};

template <typename Read> void measure(const char *work, size_t rounds, Read read) {
    std::vector<double> rates;
    uint64_t events = 0, hash = 0;
    for (size_t round = 0; round < rounds; round++) {
        Touched touched;
        auto began = std::chrono::steady_clock::now();
        events = read(touched);
        std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        rates.push_back(double(events) / took.count());
        hash = touched.sum;
    }
    std::sort(rates.begin(), rates.end());
    std::printf("{\"work\":\"%s\",\"events_per_second\":%.0f,\"events\":%llu,\"hash\":%llu}\n",
                work, rates[rates.size() / 2], (unsigned long long)events,
                (unsigned long long)hash);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        std::fputs("usage: simdjson FILE [ROUNDS]\n", stderr);
        return 64;
    }
    size_t rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
    try {
        padded_string json = padded_string::load(argv[1]);
        dom::parser dom_parser;
        ondemand::parser ondemand_parser;
        measure("json-simdjson-dom", rounds, [&](Touched &touched) {
            uint64_t events = 0;
            dom::document_stream documents = dom_parser.parse_many(json);
            for (auto document : documents) {
                touched.walk(document.value());
                events++;
            }
            return events;
        });
        measure("json-simdjson-ondemand", rounds, [&](Touched &touched) {
            uint64_t events = 0;
            ondemand::document_stream documents = ondemand_parser.iterate_many(json);
            for (auto document : documents) {
                touched.walk_on_demand(document.value());
                events++;
            }
            return events;
        });
    } catch (const simdjson_error &error) {
        std::fprintf(stderr, "%s: %s\n", argv[1], error.what());
        return 1;
    }
}
