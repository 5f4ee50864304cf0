export * from './simd'
