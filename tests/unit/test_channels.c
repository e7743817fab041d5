/* Channels found by name, unit and phase label; the user's map; what each wiring asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sources/channels.h"

static char line[512];

/* "name|unit|phase;name|unit;..." as a source would give it. */
static struct source_info *info_of(const char *text)
{
    static struct source_info info;
    memset(&info, 0, sizeof info);
    while (*text) {
        struct source_channel *channel = &info.channel[info.channels++];
        char *fields[] = {channel->name, channel->unit, channel->phase};
        int field = 0;
        for (; *text && *text != ';'; text++) {
            if (*text == '|') {
                field++;
            } else {
                fields[field][strlen(fields[field])] = *text;
            }
        }
        text += *text == ';';
    }
    return &info;
}

static struct channel_map map_of(const char *channels, int wiring, const char *user)
{
    struct channel_map map;
    line[0] = '\0';
    int err = channels_map(&map, info_of(channels), wiring, user, line, sizeof line);
    if (err) {
        fail_msg("%s: %s", channels, line);
    }
    return map;
}

static void assert_map(const char *channels, const char *expected)
{
    static const char *const wirings[] = {"1p2w", "1p3w", "3p3w", "3p4w", "3p4wd"};
    struct channel_map map = map_of(channels, CHANNELS_WIRING_ANY, NULL);
    char text[256];
    size_t n = (size_t)snprintf(text, sizeof text, "%s u", wirings[map.wiring]);
    for (int i = 0; i < map.voltages; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, " %s%d", map.voltage_invert[i] ? "-" : "",
                              map.voltage[i] + 1);
    }
    n += (size_t)snprintf(text + n, sizeof text - n, " i");
    for (int i = 0; i < map.currents; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, " %d", map.current[i] + 1);
    }
    snprintf(text + n, sizeof text - n, " n %d", map.neutral + 1);
    assert_string_equal(text, expected);
}

static void test_names_people_and_devices_use(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"U1|V;U2|V;U3|V;I1|A;I2|A;I3|A", "3p4w u 1 2 3 i 4 5 6 n 0"},
        {"Ua;Ub;Uc;Un;Ia;Ib;Ic;In", "3p4w u 1 2 3 i 5 6 7 n 8"},
        {"IR|A;IS|A;IT|A;IN|A;VR|V;VS|V;VT|V;VN|V", "3p4w u 5 6 7 i 1 2 3 n 4"},
        {"VAN;VBN;VCN;IA;IB;IC", "3p4w u 1 2 3 i 4 5 6 n 0"},
        {"VR;VY;VB;IR;IY;IB;IN", "3p4w u 1 2 3 i 4 5 6 n 7"},
        {"V_BN|V;V_YN|V;V_RN|V;Line I_R|A;Line I_Y|A;Line I_B|A", "3p4w u 3 2 1 i 4 5 6 n 0"},
        {"VRY;VYB;IR;IB", "3p3w u 1 -2 i 3 0 4 n 0"},
        {"UL1N|V;UL2N|V;UL3N|V;IL1|A;IL2|A;IL3|A", "3p4w u 1 2 3 i 4 5 6 n 0"},
        {"U_L1;U_L2;U_L3;I_L1;I_L2;I_L3;I_N", "3p4w u 1 2 3 i 4 5 6 n 7"},
        {"L1|V;L2|V;L3|V;L1|A;L2|A;L3|A;N|A", "3p4w u 1 2 3 i 4 5 6 n 7"},
        {"MODAQ_Va_V|V;MODAQ_Vb_V|V;MODAQ_Vc_V|V;MODAQ_Ia_I|A;MODAQ_Ib_I|A;MODAQ_Ic_I|A",
         "3p4w u 1 2 3 i 4 5 6 n 0"},
        {"Phase A voltage;Phase B voltage;Phase C voltage;Phase A current;Phase B current;"
         "Phase C current;Neutral current",
         "3p4w u 1 2 3 i 4 5 6 n 0"},
        {"Voltage L1;Current L1;Voltage L2;Current L2;Voltage L3;Current L3",
         "3p4w u 1 3 5 i 2 4 6 n 0"},
        {"voltage;current", "1p2w u 1 i 2 n 0"},
        {"V1;V2;I1;I2", "1p3w u 1 2 i 3 4 n 0"},
        {"U|V;I|A", "1p2w u 1 i 2 n 0"},
        {"UU|V;UV|V;UW|V;IU|A;IV|A;IW|A", "3p4w u 1 2 3 i 4 5 6 n 0"},
        {"Uab|V;Ubc|V;Uca|V;Ia|A;Ic|A", "3p3w u 1 -2 i 4 0 5 n 0"},
        {"U12;U32;I1;I3", "3p3w u 1 2 i 3 0 4 n 0"},
        {"V L1-L2|V;V L2-L3|V;I L1|A;I L3|A", "3p3w u 1 -2 i 3 0 4 n 0"},
        {"Channel 1|V;Channel 2|V;Channel 3|V;Channel 4|A;Channel 5|A;Channel 6|A",
         "3p4w u 1 2 3 i 4 5 6 n 0"},
        {"|V;|V;|V;|A;|A;|A", "3p4w u 1 2 3 i 4 5 6 n 0"},
        {"U1;U2;U3;I1;I2;I3;I4;I5;I12", "3p4w u 1 2 3 i 4 5 6 7 8 0 0 0 0 0 0 9 n 0"},
        {"V1-N;V2-N;V3-N;I_1;I_2;I_3;I_10;I_12", "3p4w u 1 2 3 i 4 5 6 0 0 0 0 0 0 7 0 8 n 0"},
        {"Phase A|V;Phase A|A", "1p2w u 1 i 2 n 0"},
        {"U_12|V;U_23|V;Current 1|A;Current 3|A", "3p3w u 1 -2 i 3 0 4 n 0"},
        {"U1_V|V;U2_V|V;U3_V|V;I1_A|A;I2_A|A;I3_A|A", "3p4w u 1 2 3 i 4 5 6 n 0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_map(rows[i][0], rows[i][1]);
    }
}

static void test_groups_take_the_first_complete_and_its_own_currents(void **state)
{
    (void)state;
    assert_map("HV IR|A;HV IS|A;HV IT|A;HV IN|A;HV NCT IN|A;HV Bus VR|V;HV Bus VS|V;HV Bus VT|V;"
               "HV Bus VN|V;LV IR|A;LV IS|A;LV IT|A;LV IN|A;3I0|A;3U0|V;IBIAS|A;IDL1|none",
               "3p4w u 6 7 8 i 1 2 3 n 4");
    /* The bus tie comes first; the feeder that carries the voltages' name is the one. */
    assert_map("f1_Ua|V|A;f1_Ub|V|B;f1_Uc|V|C;f1_3U0|V|N;tie_Ia|A|A;tie_Ib|A|B;tie_Ic|A|C;"
               "f1_Ia|A|A;f1_Ib|A|B;f1_Ic|A|C;f1_3I0|A|N",
               "3p4w u 1 2 3 i 8 9 10 n 0");
    /* An incomplete group does not hide a complete one. */
    assert_map("spare U1|V;bus U1|V;bus U2|V;bus U3|V;x I1|A;bus I1|A;bus I2|A;bus I3|A",
               "3p4w u 2 3 4 i 6 7 8 n 0");
}

static void test_phase_labels_decide_where_names_are_silent(void **state)
{
    (void)state;
    assert_map("Bus|V|A;Bus|V|B;Bus|V|C;Line|A|A;Line|A|B;Line|A|C;Line|A|N",
               "3p4w u 1 2 3 i 4 5 6 n 7");
    assert_map("Bus|V|L1-L2;Bus|V|L2-L3;Line|A|L1;Line|A|L3", "3p3w u 1 -2 i 3 0 4 n 0");
}

static void test_computed_rows_are_left_out(void **state)
{
    (void)state;
    assert_map("U0|V;3U0|V;U1|V;U2|V;U3|V;3I0|A;I0|A;I1 rms|A;I1|A;I2|A;I3|A",
               "3p4w u 3 4 5 i 9 10 11 n 0");
}

static void test_user_map(void **state)
{
    (void)state;
    const char *channels = "a|V;b|V;c|V;d|A;e|A;f|A;Ground;d2|A";
    struct channel_map map = map_of(channels, CHANNELS_WIRING_ANY, "U1=3,I1=-7,IN=8");
    assert_int_equal(map.wiring, WIRING_1P2W);
    assert_int_equal(map.voltage[0], 2);
    assert_int_equal(map.currents, 1);
    assert_int_equal(map.current[0], 6);
    assert_true(map.current_invert[0]);
    assert_int_equal(map.neutral, 7);
    assert_false(map.neutral_invert);

    map = map_of(channels, WIRING_3P3W, "u12=a,u32=-b,i1=d,i3=ground");
    assert_int_equal(map.voltage[0], 0);
    assert_int_equal(map.voltage[1], 1);
    assert_false(map.voltage_invert[0]);
    assert_true(map.voltage_invert[1]);
    assert_int_equal(map.current[1], CHANNEL_ABSENT);
    assert_int_equal(map.current[2], 6);

    map = map_of("U1;U2;U3;I1;I2;I3", CHANNELS_WIRING_ANY, "I1=4");
    assert_int_equal(map.voltages, 3); /* voltages as found */
    assert_int_equal(map.currents, 1); /* currents only as named */
    map = map_of("U1;U2;U3;I1;I2;I3", WIRING_1P2W, NULL);
    assert_int_equal(map.voltages, 1);
}

static void test_bad_maps_say_what_and_where(void **state)
{
    (void)state;
    static const struct {
        const char *channels, *user;
        int wiring, err;
        const char *line;
    } rows[] = {
        {"U1;I1", "X1=3", -1, ERR_FORMAT,
         "--map: \"X1\" is not one of U1..U3, U12, U23, U31, U32, I1..I96, IN"},
        {"U1;I1", "I97=1", -1, ERR_FORMAT,
         "--map: \"I97\" is not one of U1..U3, U12, U23, U31, U32, I1..I96, IN"},
        {"U1;I1", "U1", -1, ERR_FORMAT, "--map: \"U1\" is not like U1=3 or I1=name"},
        {"U1;I1", "U1=3", -1, ERR_RANGE, "--map: there is no channel 3: the source has 1 to 2"},
        {"U1;I1", "U1=0", -1, ERR_RANGE, "--map: there is no channel 0: the source has 1 to 2"},
        {"U1;I1", "U1=99999999999999999999", -1, ERR_RANGE,
         "--map: there is no channel 99999999999999999999: the source has 1 to 2"},
        {"U1;I1", "U1=foo", -1, ERR_NOT_FOUND,
         "--map: no channel is called \"foo\": give a name of the source or a number from 1 to 2"},
        {"Va;VA;I1", "U1=va", -1, ERR_RANGE,
         "--map: 2 channels are called \"va\": give the number"},
        {"U1;I1", "U1=1,U1=2", -1, ERR_FORMAT, "--map: U1 is given twice"},
        {"x;y", NULL, -1, ERR_NOT_FOUND,
         "no channel has the name or unit of a voltage: say which is which with --map U1=1,I1=4"},
        {"x;y", NULL, WIRING_1P2W, ERR_NOT_FOUND,
         "1p2w needs a voltage U1, and no channel has such a name or unit: say which it is with "
         "--map"},
        {"U1;U2;I1", NULL, WIRING_3P4W, ERR_NOT_FOUND,
         "3p4w needs the voltages U1, U2 and U3, and no channel has such a name or unit: say which "
         "it is with --map"},
        {"U1;U2;U3", NULL, WIRING_3P3W, ERR_NOT_FOUND,
         "3p3w needs the line voltages U12 and U32 (or U23), and no channel has such a name or "
         "unit: say which it is with --map"},
        {"p|V;q|V;x|V;y|V;d|A", NULL, -1, ERR_NOT_FOUND,
         "4 channels are voltages, and no name tells which is which: say so with --map U1=1,I1=4"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct channel_map map;
        int err = channels_map(&map, info_of(rows[i].channels), rows[i].wiring, rows[i].user, line,
                               sizeof line);
        assert_string_equal(line, rows[i].line);
        assert_int_equal(err, rows[i].err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_people_and_devices_use),
        cmocka_unit_test(test_groups_take_the_first_complete_and_its_own_currents),
        cmocka_unit_test(test_phase_labels_decide_where_names_are_silent),
        cmocka_unit_test(test_computed_rows_are_left_out),
        cmocka_unit_test(test_user_map),
        cmocka_unit_test(test_bad_maps_say_what_and_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
