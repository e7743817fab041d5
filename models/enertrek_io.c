/* Enertrek input and output modules DIO-4/2 and AIO-2/2, and the announced control module R10. */
#include "common/enertrek.h"

static const struct model_equipment io_equipment = {
    .ports = TEXTS("bus RJ12"),
    .leds = TEXTS(ENERTREK_IO_LEDS),
    .protocols = TEXTS("Modbus RTU"),
};

static const struct model_mechanics io_mechanics = {
    .mounting = "DIN rail",
    .width_um = 18000,
    .din_modules_m = 1000,
};

const struct model model_dio_4_2 = {
    ENERTREK,
    .name = "DIO-4/2",
    .title = "four digital inputs, two relays",
    .kind = MODEL_IO_MODULE,
    .equipment = &io_equipment,
    GROUP(bus, .bus = ENERTREK_BUS, .power_mw = 500, .power_other_mw = 200),
    GROUP(io, .digital_inputs = 4, .digital_outputs = 2,
          .input_signals = TEXTS("dry contact, wetted with 12..48 VDC, at most 3 mA"),
          .output_signals = TEXTS("48 VDC 50 mA", "24 VAC 100 mA"),
          .input_functions =
              TEXTS("breaker OF or SD, device status", "trip count", "pulse count and log"),
          .output_functions = TEXTS("remote control", "alarm on input events"),
          .input_response_ms = 10, .output_response_ms = 20, .count_rate_max_hz = 100000),
    .mechanics = &io_mechanics,
    .functions = FUNCTIONS(FUNCTION_IO_STATUS, FUNCTION_IO_COUNT, FUNCTION_IO_REMOTE,
                           FUNCTION_IO_ALARM, FUNCTION_COMM_MODBUS_RTU),
    .notes = NOTES({"inputs", "dry contact; 12..48 VDC", "wetted contact"},
                   {"speed", "10 ms; 100 kHz", "status filtered, counter not"}),
};

const struct model model_aio_2_2 = {
    ENERTREK_ANNOUNCED,
    .name = "AIO-2/2",
    .title = "two analog inputs, two analog outputs",
    .kind = MODEL_IO_MODULE,
    .equipment = &io_equipment,
    GROUP(bus, .bus = ENERTREK_BUS, .power_mw = 500),
    GROUP(io, .analog_inputs = 2, .analog_outputs = 2,
          .input_signals = TEXTS("input 1: 4-20 mA", "input 2: 0-20 mA or 0-10 V",
                                 "current below 200 Ohm, voltage above 10 kOhm"),
          .output_signals = TEXTS("output 1: 4-20 mA", "output 2: 4-20 mA or 0-10 V"),
          .input_functions = TEXTS("pressure", "humidity", "temperature", "flow"),
          .output_functions = TEXTS("linear, programmable", "linked to input events"),
          .input_response_ms = 15, .output_response_ms = 20),
    .mechanics = &io_mechanics,
    .functions = FUNCTIONS(FUNCTION_IO_ANALOG, FUNCTION_IO_ALARM, FUNCTION_COMM_MODBUS_RTU),
    .notes = NOTES({"inputs", "3.4.5 both 4-20 mA, 0-10 V; 11.5 \"output 2\"", "11.5, input 2"}),
};

const struct model model_r10 = {
    ENERTREK_ANNOUNCED,
    .name = "R10",
    .title = "control module",
    .kind = MODEL_CONTROL_MODULE,
};
