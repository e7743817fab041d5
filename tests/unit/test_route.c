#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "services/assets.h"
#include "services/route.h"

static void test_paths(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int err;
        enum route_kind kind;
        const char *meter, *name;
    } rows[] = {
        {"/", ERR_NONE, ROUTE_ASSET, "", ""},
        {"/app.js", ERR_NONE, ROUTE_ASSET, "", ""},
        {"/apix", ERR_NONE, ROUTE_ASSET, "", ""},
        {"/../etc/passwd", ERR_NONE, ROUTE_ASSET, "", ""}, /* no such asset */
        {"/api/v1", ERR_NONE, ROUTE_INDEX, "", ""},
        {"/api/v1/stream", ERR_NONE, ROUTE_STREAM, "", ""},
        {"/api/v1/meters", ERR_NONE, ROUTE_METERS, "", ""},
        {"/api/v1/meters/A-1", ERR_NONE, ROUTE_METER, "A-1", ""},
        {"/api/v1/meters/A-1/now", ERR_NONE, ROUTE_NOW, "A-1", ""},
        {"/api/v1/meters/A-1/trend", ERR_NONE, ROUTE_TREND, "A-1", ""},
        {"/api/v1/meters/A-1/registers", ERR_NONE, ROUTE_REGISTERS, "A-1", ""},
        {"/api/v1/meters/1/registers/1-0:1.8.0", ERR_NONE, ROUTE_REGISTER, "1", "1-0:1.8.0"},
        {"/api/v1/meters/1/registers/1-0%3A1.8.0", ERR_NONE, ROUTE_REGISTER, "1", "1-0:1.8.0"},
        {"/api/v1/meters/1/registers/u_l2", ERR_NONE, ROUTE_REGISTER, "1", "u_l2"},
        {"/api", ERR_NOT_FOUND, 0, NULL, NULL},
        {"/api/v2", ERR_NOT_FOUND, 0, NULL, NULL},
        {"/api/v1/", ERR_NOT_FOUND, 0, NULL, NULL},
        {"/api/v1//meters", ERR_NOT_FOUND, 0, NULL, NULL},
        {"/api/v1/meters/1/nothing", ERR_NOT_FOUND, 0, NULL, NULL},
        {"/api/v1/meters/1/registers/1/2", ERR_NOT_FOUND, 0, NULL, NULL},
        {"/api/v1/meters/1/2/3/4/5/6/7", ERR_NOT_FOUND, 0, NULL, NULL},
        {"/api/v1/meters/%2e%2e%2fx", ERR_FORMAT, 0, NULL, NULL},
        {"/api/v1/meters/a%00b", ERR_FORMAT, 0, NULL, NULL},
        {"/api/v1/meters/%4", ERR_FORMAT, 0, NULL, NULL},
        {"/api/v1/meters/%zz", ERR_FORMAT, 0, NULL, NULL},
        {"/api/v1/meters/a b", ERR_FORMAT, 0, NULL, NULL},
        {"/api/v1/meters/\xc3\xa4", ERR_FORMAT, 0, NULL, NULL},
        {"/api/v1/meters/0123456789012345678901234567890123456789012345678", ERR_NOT_FOUND, 0, NULL,
         NULL},
        {"", ERR_FORMAT, 0, NULL, NULL},
        {"*", ERR_FORMAT, 0, NULL, NULL},
        {"http://x/api/v1", ERR_FORMAT, 0, NULL, NULL},
    };
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        struct route route;
        if (route_parse(rows[k].path, &route) != rows[k].err)
            fail_msg("%s: another answer than %d", rows[k].path, rows[k].err);
        if (rows[k].err < 0)
            continue;
        assert_int_equal(route.kind, rows[k].kind);
        assert_string_equal(route.meter, rows[k].meter);
        assert_string_equal(route.register_name, rows[k].name);
    }
}

static void test_hosts(void **state)
{
    (void)state;
    static const char *const own[] = {"localhost",   "localhost:8080", "LOCALHOST:1", "127.0.0.1",
                                      "127.9.9.9:5", "[::1]",          "[::1]:8080"};
    static const char *const foreign[] = {
        "",
        "example.com",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "10.0.0.1",
        "128.0.0.1:80",
        "[::2]:80",
        "::1",
        "0.0.0.0",
        "localhost:",
        "localhost:99999",
        "localhost:80x",
        "[::1]x",
        "[::1",
        "127.1",
        "0x7f.0.0.1",
        "localhost.",
        "user@localhost",
        "[::ffff:127.0.0.1]",
        "127.0.0.1:8080:8080",
        "2130706433",
        " localhost",
    };
    for (size_t k = 0; k < sizeof own / sizeof own[0]; k++) {
        if (!route_host_is_loopback(own[k]))
            fail_msg("\"%s\" is this machine", own[k]);
    }
    for (size_t k = 0; k < sizeof foreign / sizeof foreign[0]; k++) {
        if (route_host_is_loopback(foreign[k]))
            fail_msg("\"%s\" is not surely this machine", foreign[k]);
    }
}

static void test_listen(void **state)
{
    (void)state;
    struct sockaddr_storage address;
    assert_int_equal(route_parse_listen("127.0.0.1:8080", &address), ERR_NONE);
    assert_int_equal(address.ss_family, AF_INET);
    assert_int_equal(ntohs(((struct sockaddr_in *)&address)->sin_port), 8080);
    assert_true(route_address_is_loopback(&address));
    assert_int_equal(route_parse_listen("[::1]:0", &address), ERR_NONE);
    assert_int_equal(address.ss_family, AF_INET6);
    assert_true(route_address_is_loopback(&address));
    assert_int_equal(route_parse_listen("0.0.0.0:80", &address), ERR_NONE);
    assert_false(route_address_is_loopback(&address));
    assert_int_equal(route_parse_listen("[::]:80", &address), ERR_NONE);
    assert_false(route_address_is_loopback(&address));
    assert_int_equal(route_parse_listen("127.0.0.1", &address), ERR_FORMAT);
    assert_int_equal(route_parse_listen("8080", &address), ERR_FORMAT);
    assert_int_equal(route_parse_listen("localhost:65536", &address), ERR_FORMAT);
    assert_int_equal(route_parse_listen("example.com:80", &address), ERR_FORMAT);
    assert_int_equal(route_parse_listen("::1:80", &address), ERR_FORMAT);
}

static void test_assets(void **state)
{
    (void)state;
    assert_true(asset_count > 3);
    for (size_t k = 0; k < asset_count; k++) {
        assert_ptr_equal(asset_find(assets[k].path), &assets[k]);
        assert_true(strlen(assets[k].type) > 0);
        assert_int_equal(strlen(assets[k].etag), 18);
    }
    const struct asset *page = asset_find("/");
    assert_non_null(page);
    assert_string_equal(page->path, "/index.html");
    assert_memory_equal(page->data, "<!doctype html>", 15);
    assert_null(asset_find("/index.html/"));
    assert_null(asset_find("/../index.html"));
    assert_null(asset_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_listen),
        cmocka_unit_test(test_assets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
