/**
 * liveness-child: a program like a node, as far as its liveness goes; told by messages what to do.
 */
import { systemClock } from '#base/clock'
import { startLiveness } from '#network/liveness/liveness-server'
import { livenessKey } from '#network/liveness/probe-frame'

/** What the program is told: to do nothing else for so long. */
export interface ToChild {
  readonly blockMs: number
}

/** What the program tells. */
export type FromChild =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'blocking' }
  | { readonly kind: 'free' }

const [, , name = '', creation = '', cookie = ''] = process.argv
const tell = (message: FromChild): boolean | undefined => process.send?.(message)

const self = { name, creation: Number(creation), key: livenessKey(cookie) }
const server = await startLiveness(self, systemClock)
process.on('disconnect', () => process.exit(0))
process.on('message', ({ blockMs }: ToChild) => {
  process.send?.({ kind: 'blocking' }, undefined, {}, () => {
    // Nothing runs in this thread meanwhile, and no core is burnt.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs)
    tell({ kind: 'free' })
  })
})
tell({ kind: 'ready', port: server.address.port })
