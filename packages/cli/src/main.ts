import process from 'node:process'
import { run } from './run.ts'

// not process.exit, which would cut off what a pipe has not taken yet
process.exitCode = await run(process.argv.slice(2), process)
