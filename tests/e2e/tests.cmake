# The page in Debian's Chromium, driven by playwright-core; skipped where either is missing.
find_program(NODE NAMES node nodejs)
if(NODE)
    add_test(NAME e2e/page COMMAND ${NODE} ${CMAKE_CURRENT_LIST_DIR}/page.mjs
                                   $<TARGET_FILE:blondel>)
    set_tests_properties(e2e/page PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
endif()
