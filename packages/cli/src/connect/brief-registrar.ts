/**
 * connect/brief-registrar: the registrar of this host, asked briefly.
 *
 * A node that stays may wait until its registrar answers; somebody at a terminal may not. What is
 * known by then is used, and what comes later is taken as it comes.
 */
import type { embeddedRegistrar } from 'troupe'
import { pause } from './pause.js'

type Registrar = ReturnType<typeof embeddedRegistrar>
type Home = Parameters<Registrar['start']>[0]

/** One on the same host answers within a few milliseconds, a busy one later. */
const WAIT_MS = 500

/** Hands everything on to another registrar, and waits for its start only so long. */
export class BriefRegistrar implements Registrar {
  readonly kind: string
  readonly #inner: Registrar

  constructor(inner: Registrar) {
    this.kind = inner.kind
    this.#inner = inner
  }

  async start(home: Home): Promise<void> {
    const enough = new AbortController()
    // What it fails with later is told by `info`: there is nobody there.
    const started = this.#inner.start(home).catch(() => undefined)
    await Promise.race([started, pause(WAIT_MS, enough.signal)])
    enough.abort()
  }

  nodes(): ReturnType<Registrar['nodes']> {
    return this.#inner.nodes()
  }

  resolve(node: string): ReturnType<Registrar['resolve']> {
    // Without a server it would wait for one.
    return this.#inner.info().state === 'connected' ? this.#inner.resolve(node) : undefined
  }

  putApplication(): void {
    // A hidden node tells nobody what runs on it.
  }

  removeApplication(): void {
    // As above.
  }

  applications(name?: string): ReturnType<Registrar['applications']> {
    return this.#inner.applications(name)
  }

  config(items?: readonly string[]): ReturnType<Registrar['config']> {
    return this.#inner.config(items)
  }

  leave(): Promise<void> {
    return this.#inner.leave()
  }

  info(): ReturnType<Registrar['info']> {
    return this.#inner.info()
  }

  stop(): Promise<void> {
    return this.#inner.stop()
  }
}
