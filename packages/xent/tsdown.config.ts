import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/keras/index.ts',
    'src/compat/v1/index.ts',
    'src/compat/v2.ts',
    'src/tfjs/index.ts',
  ],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  dts: true,
  unbundle: true,
  fixedExtension: false,
})
