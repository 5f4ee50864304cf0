import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Node 20 has relaxed SIMD behind a flag; from 21 on it is there. */
const execArgv = process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : []

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // by itself vitest would leave one of two cores idle
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv,
    typecheck: { enabled: true, include: ['packages/*/test/**/*.test-d.ts'] },
  },
})
