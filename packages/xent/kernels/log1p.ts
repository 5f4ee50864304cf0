export { log1p64x2 } from './log'
