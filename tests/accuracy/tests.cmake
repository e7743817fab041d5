# The tables of docs/accuracy.md, with an hour of energy instead of a day. Every figure is bounded.
if(TARGET accuracy AND NOT BLONDEL_SANITIZE)
    add_test(NAME accuracy/tables COMMAND accuracy --hour)
endif()
