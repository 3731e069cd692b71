// Numbers of <langinfo.h> and <locale.h> that the module _locale names.
#pragma once

#include <langinfo.h>

#include <climits>
#include <clocale>

#include "modules/constants.h"

namespace imugi {

// What nl_langinfo() knows.
inline constexpr IntConstant kLanguageItems[] = {
    {"ABDAY_1", ABDAY_1},
    {"ABDAY_2", ABDAY_2},
    {"ABDAY_3", ABDAY_3},
    {"ABDAY_4", ABDAY_4},
    {"ABDAY_5", ABDAY_5},
    {"ABDAY_6", ABDAY_6},
    {"ABDAY_7", ABDAY_7},
    {"ABMON_1", ABMON_1},
    {"ABMON_10", ABMON_10},
    {"ABMON_11", ABMON_11},
    {"ABMON_12", ABMON_12},
    {"ABMON_2", ABMON_2},
    {"ABMON_3", ABMON_3},
    {"ABMON_4", ABMON_4},
    {"ABMON_5", ABMON_5},
    {"ABMON_6", ABMON_6},
    {"ABMON_7", ABMON_7},
    {"ABMON_8", ABMON_8},
    {"ABMON_9", ABMON_9},
    {"ALT_DIGITS", ALT_DIGITS},
    {"AM_STR", AM_STR},
    {"CODESET", CODESET},
    {"CRNCYSTR", CRNCYSTR},
    {"DAY_1", DAY_1},
    {"DAY_2", DAY_2},
    {"DAY_3", DAY_3},
    {"DAY_4", DAY_4},
    {"DAY_5", DAY_5},
    {"DAY_6", DAY_6},
    {"DAY_7", DAY_7},
    {"D_FMT", D_FMT},
    {"D_T_FMT", D_T_FMT},
    {"ERA", ERA},
    {"ERA_D_FMT", ERA_D_FMT},
    {"ERA_D_T_FMT", ERA_D_T_FMT},
    {"ERA_T_FMT", ERA_T_FMT},
    {"MON_1", MON_1},
    {"MON_10", MON_10},
    {"MON_11", MON_11},
    {"MON_12", MON_12},
    {"MON_2", MON_2},
    {"MON_3", MON_3},
    {"MON_4", MON_4},
    {"MON_5", MON_5},
    {"MON_6", MON_6},
    {"MON_7", MON_7},
    {"MON_8", MON_8},
    {"MON_9", MON_9},
    {"NOEXPR", NOEXPR},
    {"PM_STR", PM_STR},
    {"RADIXCHAR", RADIXCHAR},
    {"THOUSEP", THOUSEP},
    {"T_FMT", T_FMT},
    {"T_FMT_AMPM", T_FMT_AMPM},
    {"YESEXPR", YESEXPR},
    {"_DATE_FMT", _DATE_FMT},
};
inline constexpr IntConstant kLocaleConstants[] = {
    {"LC_CTYPE", LC_CTYPE},       {"LC_TIME", LC_TIME},         {"LC_COLLATE", LC_COLLATE},
    {"LC_MONETARY", LC_MONETARY}, {"LC_MESSAGES", LC_MESSAGES}, {"LC_NUMERIC", LC_NUMERIC},
    {"LC_ALL", LC_ALL},           {"CHAR_MAX", CHAR_MAX},
};

}  // namespace imugi
