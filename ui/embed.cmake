# Turns the files of the page into one C table. Run as a script:
#   cmake -DOUT=assets.c -DLIST=assets.txt -P embed.cmake
# LIST has one file a line: "path-in-the-url|file". Parts of one path are joined in their order.
cmake_minimum_required(VERSION 3.25)
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_svg "image/svg+xml")
set(type_woff2 "font/woff2")
set(type_webmanifest "application/manifest+json")

file(STRINGS ${LIST} rows)
list(SORT rows)
set(arrays "")
set(table "")
set(index 0)
foreach(row ${rows})
    string(REPLACE "|" ";" row "${row}")
    list(GET row 0 path)
    list(GET row 1 file)
    file(READ ${file} hex HEX)
    string(SHA256 hash "${hex}")
    string(SUBSTRING ${hash} 0 16 hash)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    # ten bytes a line
    set(byte "0x..,")
    string(REPEAT "${byte}" 10 line)
    string(REGEX REPLACE "(${line})" "\\1\n" bytes "${bytes}")
    string(REGEX REPLACE ".*\\." "" ending ${path})
    string(APPEND arrays "static const unsigned char data_${index}[] = {\n${bytes}0};\n")
    string(APPEND table "    {.path = \"${path}\", .type = \"${type_${ending}}\",\n"
           "     .etag = \"\\\"${hash}\\\"\", .data = data_${index},\n"
           "     .size = sizeof data_${index} - 1},\n")
    math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUT} "#include \"services/assets.h\"\n\n${arrays}\n"
     "const struct asset assets[] = {\n${table}};\n"
     "const size_t asset_count = sizeof assets / sizeof assets[0];\n")
