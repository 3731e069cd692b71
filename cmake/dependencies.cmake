# Third-party libraries. Static archives are preferred: start-up then maps one file and relocates little.
find_package(Threads REQUIRED)

# imugi_dependency(TARGET header archive library): an imported target from a header and a library.
function(imugi_dependency target header)
  string(MAKE_C_IDENTIFIER ${target} id)
  find_path(${id}_INCLUDE ${header} REQUIRED)
  find_library(${id}_LIBRARY NAMES ${ARGN} REQUIRED)
  mark_as_advanced(${id}_INCLUDE ${id}_LIBRARY)
  add_library(imugi::${target} UNKNOWN IMPORTED)
  set_target_properties(imugi::${target} PROPERTIES
    IMPORTED_LOCATION ${${id}_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${${id}_INCLUDE})
endfunction()

imugi_dependency(gmp gmp.h libgmp.a gmp)
imugi_dependency(z zlib.h libz.a z)
imugi_dependency(bz2 bzlib.h libbz2.a bz2)
imugi_dependency(lzma lzma.h liblzma.a lzma)
imugi_dependency(crypto openssl/evp.h libcrypto.a crypto)
imugi_dependency(ssl openssl/ssl.h libssl.a ssl)
imugi_dependency(ffi ffi.h libffi.a ffi)
imugi_dependency(expat expat.h libexpat.a expat)
imugi_dependency(sqlite3 sqlite3.h libsqlite3.a sqlite3)
imugi_dependency(icudata unicode/utypes.h libicudata.a icudata)
imugi_dependency(icuuc unicode/uchar.h libicuuc.a icuuc)
set_property(TARGET imugi::icuuc PROPERTY INTERFACE_LINK_LIBRARIES imugi::icudata)
set_property(TARGET imugi::ssl PROPERTY INTERFACE_LINK_LIBRARIES imugi::crypto)
set_property(TARGET imugi::sqlite3 PROPERTY INTERFACE_LINK_LIBRARIES m)

# The allocator of arrays and tables; the sanitizers bring their own.
if(NOT IMUGI_SANITIZE AND NOT IMUGI_FUZZ)
  imugi_dependency(mimalloc mimalloc.h libmimalloc.a mimalloc)
  set_property(TARGET imugi::mimalloc PROPERTY INTERFACE_COMPILE_DEFINITIONS IMUGI_MIMALLOC=1)
endif()
