/*
 * Builds the npm package faiss-node from its published source against the system's Faiss: its own installer fetches
 * Faiss from GitHub. The package is left in build/faiss-node/node_modules/faiss-node; put that folder's full path in
 * TENBIN_FAISS_NODE. Needs CMake, Faiss and a BLAS (Debian: libfaiss-dev, libopenblas-dev).
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

const VERSION = '0.5.1';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'build', 'faiss-node');
const built = join(folder, 'node_modules', 'faiss-node');
const headers = (name) => join(root, 'node_modules', name).replaceAll('\\', '/');

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
// No scripts: the package's own would fetch Faiss.
run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `faiss-node@${VERSION}`, 'bindings@^1.5.0'], {
  cwd: folder,
});

const source = join(folder, 'source');
mkdirSync(source);
cpSync(join(built, 'src', 'faiss.cc'), join(source, 'faiss.cc'));
// The package is written for Faiss 1.7.4, which moved this name out of the class.
writeFileSync(
  join(source, 'idx_t.h'),
  `#include <faiss/Index.h>
#if FAISS_VERSION_MAJOR == 1 && (FAISS_VERSION_MINOR < 7 || (FAISS_VERSION_MINOR == 7 && FAISS_VERSION_PATCH < 4))
namespace faiss { using idx_t = Index::idx_t; }
#endif
`,
);
writeFileSync(
  join(source, 'CMakeLists.txt'),
  `cmake_minimum_required(VERSION 3.20)
project(faiss-node LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(BLAS REQUIRED)
find_package(LAPACK REQUIRED)
find_package(faiss CONFIG REQUIRED)
add_library(faiss-node SHARED faiss.cc)
set_target_properties(faiss-node PROPERTIES PREFIX "" SUFFIX ".node")
target_compile_definitions(faiss-node PRIVATE NAPI_VERSION=6 NODE_ADDON_API_CPP_EXCEPTIONS)
target_include_directories(faiss-node SYSTEM PRIVATE "${headers('node-addon-api')}" "${headers('node-api-headers')}/include")
if(NOT MSVC)
  target_compile_options(faiss-node PRIVATE -include "\${CMAKE_CURRENT_SOURCE_DIR}/idx_t.h")
endif()
target_link_libraries(faiss-node PRIVATE faiss \${LAPACK_LIBRARIES} \${BLAS_LIBRARIES} OpenMP::OpenMP_CXX)
if(APPLE)
  target_link_options(faiss-node PRIVATE -undefined dynamic_lookup)
elseif(CMAKE_SYSTEM_NAME STREQUAL Linux)
  target_link_options(faiss-node PRIVATE -Wl,--exclude-libs,ALL)
endif()
`,
);
const binary = join(built, 'build', 'Release');
run('cmake', [
  '-S',
  source,
  '-B',
  join(source, 'build'),
  '-DCMAKE_BUILD_TYPE=Release',
  `-DCMAKE_LIBRARY_OUTPUT_DIRECTORY=${binary}`,
]);
run('cmake', ['--build', join(source, 'build')]);
process.stdout.write(`TENBIN_FAISS_NODE=${built}\n`);
