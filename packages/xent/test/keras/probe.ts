import { decode } from '../conformance/call.ts'
import { numbers } from '../support.ts'
import { found, fixture, type Group, outcomeOf } from './recorded.ts'
import { XentError } from '../../src/index.ts'
const groups = fixture<Group>('losses')
const close = (a: number[], b: number[], tol: number) => a.length === b.length && a.every((x, k) => Object.is(x, b[k]) || x === b[k] || Math.abs(x - b[k]!) <= tol * Math.max(1e-3, ...b.map(Math.abs).filter(Number.isFinite)))
const seen = new Map<string, number>()
let ok = 0
for (const g of groups) for (const r of g.runs) {
  let own: any
  try { own = found(g, r) } catch (e) { console.log('THROW', g.name, r.reduction, r.weights, (e as Error).message.slice(0,300)); continue }
  for (const lib of ['keras2', 'keras3'] as const) {
    const o: any = outcomeOf(r, lib)
    if (!o) continue
    const tag = `${lib} | ${g.name} | `
    const put = (s: string) => seen.set(tag + s, (seen.get(tag + s) ?? 0) + 1)
    if (own instanceof XentError) { put(`xent refuses: ${own.message.slice(0, 150)} / ${o.error ? o.error.text.slice(0, 120) : 'it does not'}`); continue }
    if (o.error) { put('refuses: ' + o.error.text.slice(0, 120)); continue }
    const tol = g.yPred.dtype === 'float64' ? 1e-10 : 2e-5
    const cmp = (what: string, a: any, b: any) => {
      if (!a) { put(what + ' missing'); return }
      const d = decode(b)
      if (JSON.stringify(a.shape) !== JSON.stringify(d.shape)) { put(`${what} shape ${a.shape} vs ${d.shape}`); return }
      if (!close(numbers(a), numbers(d), tol)) put(`${what} differs: ${String(a).replace(/\n/g,'').slice(0, 130)} / ${String(d).replace(/\n/g,'').slice(0, 130)}`)
      else ok++
      if (a.dtype !== d.dtype) put(`${what} dtype ${a.dtype} vs ${d.dtype}`)
    }
    cmp('value', own.value, o.value)
    for (const [k, v] of Object.entries(o.gradients ?? {})) cmp('grad ' + k, own.gradients[k], v)
  }
}
console.log(ok)
for (const [k, n] of seen) console.log(n, k)
