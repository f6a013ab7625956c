// A C interface to libphonenumber, which speaks C++: built as a library of its own, and loaded when
// a national number is first met, because it brings ICU and protobuf along.

#include "include/phonenumbers.h"

#include <cstring>
#include <string>

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace {

// The singleton's own words go to standard output; nobody asked for them.
PhoneNumberUtil &util() {
    static PhoneNumberUtil *shared = [] {
        PhoneNumberUtil *made = PhoneNumberUtil::GetInstance();
        made->SetLogger(new i18n::phonenumbers::NullLogger());
        return made;
    }();
    return *shared;
}

}  // namespace

// What every library that Swift's compiler links calls as it is loaded, to register the Swift in
// it. There is none here: answered by ourselves, it does not bring Swift's runtime along.
extern "C" __attribute__((visibility("hidden"))) void swift_addNewDSOImage(const void *) {}
extern "C" __attribute__((visibility("hidden"))) bool _swift_backtrace_isThunkFunction(
    const char *) {
    return false;
}

extern "C" size_t ledger_phonenumber_e164(
    const char *text, size_t length, const char *region, char *out, size_t capacity) try {
    PhoneNumber number;
    const std::string written(text, length);
    const std::string where(region == nullptr ? "ZZ" : region);
    if (util().Parse(written, where, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return 0;
    // One that is dialled within a town says nobody's number.
    if (number.has_extension()
        || util().IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE) {
        return 0;
    }
    std::string spelt;
    util().Format(number, PhoneNumberUtil::E164, &spelt);
    if (spelt.size() > capacity) return 0;
    std::memcpy(out, spelt.data(), spelt.size());
    return spelt.size();
} catch (...) {
    return 0;
}

extern "C" int ledger_phonenumber_knows_region(const char *region) try {
    return util().GetCountryCodeForRegion(region) != 0;
} catch (...) {
    return 0;
}
