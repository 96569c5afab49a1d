# Builds the core addon with node-gyp, for machines without CMake, into build/Release/tenbin.node. Sources come from
# native/sources.json as in CMakeLists.txt; the kernels of each instruction set are a library with flags of their own.
{
  'variables': {
    'list': 'node scripts/native-sources.mjs',
  },
  'target_defaults': {
    'include_dirs': ['native/include', 'native', 'native/src'],
    'cflags_cc!': ['-std=gnu++17', '-std=gnu++20', '-fno-exceptions', '-fno-rtti'],
    'cflags_cc': ['-std=c++20', '-fexceptions', '-ffp-contract=off', '-fvisibility=hidden', '-fPIC', '-O3'],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
      'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
      'OTHER_CPLUSPLUSFLAGS': ['-ffp-contract=off'],
    },
    'msvs_settings': {
      'VCCLCompilerTool': {'ExceptionHandling': 1, 'AdditionalOptions': ['/std:c++20', '/fp:precise']},
    },
  },
  'targets': [
    {
      'target_name': 'kernels_baseline',
      'type': 'static_library',
      'sources': ['<!@(<(list) kernels baseline)'],
    },
    {
      'target_name': 'tenbin',
      'sources': ['<!@(<(list) core)', '<!@(<(list) binding)'],
      'include_dirs': ["<!(node -p \"require('node-addon-api').include_dir\")"],
      'defines': ['NAPI_VERSION=8', '<!@(<(list) bindingDefines)'],
      'dependencies': ['kernels_baseline'],
      'conditions': [
        ['target_arch=="x64"', {'dependencies': ['kernels_avx2', 'kernels_avxvnni', 'kernels_avx512', 'kernels_avx512vnni']}],
        ['target_arch=="arm64"', {'dependencies': ['kernels_neon', 'kernels_neondot']}],
        ['OS=="linux"', {'libraries': ['-lpthread', '-ldl']}],
      ],
    },
  ],
  'conditions': [
    ['target_arch=="x64"', {
      'targets': [
        {
          'target_name': 'kernels_avx2',
          'type': 'static_library',
          'sources': ['<!@(<(list) kernels avx2)'],
          'cflags_cc': ['-mavx2', '-mfma'],
          'xcode_settings': {'OTHER_CPLUSPLUSFLAGS': ['-mavx2', '-mfma']},
          'msvs_settings': {'VCCLCompilerTool': {'EnableEnhancedInstructionSet': 5}},
        },
        {
          'target_name': 'kernels_avxvnni',
          'type': 'static_library',
          'sources': ['<!@(<(list) kernels avxvnni)'],
          'cflags_cc': ['-mavx2', '-mfma', '-mavxvnni'],
          'xcode_settings': {'OTHER_CPLUSPLUSFLAGS': ['-mavx2', '-mfma', '-mavxvnni']},
          'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['/arch:AVX2', '/D__AVXVNNI__']}},
        },
        {
          'target_name': 'kernels_avx512',
          'type': 'static_library',
          'sources': ['<!@(<(list) kernels avx512)'],
          'cflags_cc': ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mavx2', '-mfma', '-Wno-uninitialized', '-Wno-maybe-uninitialized'],
          'xcode_settings': {'OTHER_CPLUSPLUSFLAGS': ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mavx2', '-mfma']},
          'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['/arch:AVX512']}},
        },
        {
          'target_name': 'kernels_avx512vnni',
          'type': 'static_library',
          'sources': ['<!@(<(list) kernels avx512vnni)'],
          'cflags_cc': ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mavx512vnni', '-mavx2', '-mfma', '-Wno-uninitialized', '-Wno-maybe-uninitialized'],
          'xcode_settings': {'OTHER_CPLUSPLUSFLAGS': ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mavx512vnni', '-mavx2', '-mfma']},
          'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['/arch:AVX512', '/D__AVX512VNNI__']}},
        },
      ],
    }],
    ['target_arch=="arm64"', {
      'targets': [
        {
          'target_name': 'kernels_neon',
          'type': 'static_library',
          'sources': ['<!@(<(list) kernels neon)'],
        },
        {
          'target_name': 'kernels_neondot',
          'type': 'static_library',
          'sources': ['<!@(<(list) kernels neondot)'],
          'cflags_cc': ['-march=armv8.2-a+dotprod'],
          'xcode_settings': {'OTHER_CPLUSPLUSFLAGS': ['-march=armv8.2-a+dotprod']},
          'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['/D__ARM_FEATURE_DOTPROD']}},
        },
      ],
    }],
  ],
}
