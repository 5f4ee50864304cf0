import { setFlagsFromString } from 'node:v8'

// Node 20 has relaxed SIMD behind a flag, which works while no module has been compiled; from 21 on it is there.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd')
