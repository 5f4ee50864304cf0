// `npm run oracle:node`: the checks of xent/tfjs on the backend of tfjs-node, with libtensorflow.
//
// The package fetches its library and binding from elsewhere when it is installed, and both are of TensorFlow 2.9. So its
// binding is compiled here, from the source that the package brings, against the TensorFlow of oracle/.venv, which has the
// same C interface. Wants g++ and the headers of Node.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { python } from '../environment.ts'

const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()

const folder = mkdtempSync(join(tmpdir(), 'xent-tfjs-node-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const headers = [join(process.execPath, '..', '..', 'include', 'node'), '/usr/include/node'].find((path) =>
  existsSync(join(path, 'node_api.h')),
)
if (!headers) throw new Error('oracle:node: the headers of Node (node_api.h) are not there')

console.error('oracle:node: installs tfjs-node and compiles its binding')
run('npm', ['init', '-y'], folder)
run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '@tensorflow/tfjs-node@4.22.0'], folder)
const find = "import importlib.util as u; print(u.find_spec('tensorflow').submodule_search_locations[0])"
const tensorflow = run(python(), ['-c', find], folder)
const tfjsNode = join(folder, 'node_modules', '@tensorflow', 'tfjs-node')
const binding = join(tfjsNode, 'lib', `napi-v${Math.min(8, Number(process.versions.napi))}`)
mkdirSync(binding, { recursive: true })
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) =>
  join(tensorflow, name),
)
const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(tfjsNode, 'binding', name))
const output = join(binding, 'tfjs_binding.node')
const flags = ['-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8', `-I${headers}`, `-I${tfjsNode}`]
const linking = [
  `-I${join(tensorflow, 'include')}`,
  ...sources,
  '-o',
  output,
  ...libraries,
  `-Wl,-rpath,${tensorflow}`,
]
run('g++', [...flags, ...linking], folder)

// its log says more than anyone wants to know
process.env.TF_CPP_MIN_LOG_LEVEL = '3'
createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node')
const tf = await import('@tensorflow/tfjs-core')
const { differences, tooLarge } = await import('../../packages/xent/test/tfjs/agreement.ts')

tf.env().set('IS_TEST', true)
const before = tf.memory().numTensors
tf.engine().startScope('checks')
const found = await differences()
tf.engine().endScope()
const wrong = tooLarge(found.filter(({ isOdd }) => !isOdd))
const odd = tooLarge(found.filter(({ isOdd }) => isOdd))
console.log(`${found.length} results on the backend ${tf.getBackend()}, ${wrong.length} of them wrong`)
for (const { what, difference } of wrong) console.log(`  ${what}: off by ${difference}`)
console.log('as TensorFlow has them, of rows with infinities:')
for (const { what } of odd) console.log(`  ${what}`)
const left = tf.memory().numTensors - before
console.log(`${left} tensors left behind`)
if (tf.getBackend() !== 'tensorflow' || wrong.length > 0 || left > 0) process.exitCode = 1
