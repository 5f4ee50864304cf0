/** Records the fixtures of the conformance tests anew: `npm run oracle:record`, or with the names of some of them. */
import { spawnSync } from 'node:child_process'
import { folder, python } from './environment.ts'

const names = process.argv.slice(2)
const others = ['record_differences.py', 'record_keras.py', 'record_v1_losses.py']
const programs = [['record.py', ...names], ...(names.length === 0 ? others.map((program) => [program]) : [])]
for (const args of programs) {
  const { status } = spawnSync(python(), args, { cwd: folder, stdio: ['ignore', 'inherit', 'ignore'] })
  if (status !== 0) process.exit(status ?? 1)
}
