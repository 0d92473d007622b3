/**
 * network/liveness/side-host: the services that run in the thread, in the thread.
 *
 * Loads what it is told to load; a module that cannot be loaded, or that throws when it is
 * started, is an answer. What a service throws later ends the whole thread, which is then begun
 * anew.
 */
import type { MessagePort } from 'node:worker_threads'
import type { SidePort, StartService } from '#contract'

/** What the node asks of the thread. */
export type SideRequest =
  | {
      readonly kind: 'start'
      readonly id: number
      readonly module: string
      readonly data: unknown
      readonly port: MessagePort
    }
  | { readonly kind: 'end'; readonly id: number }

/** What became of it. */
export interface SideAnswer {
  readonly kind: 'started' | 'ended' | 'failed'
  readonly id: number
  /** In words; empty when there is none. */
  readonly problem: string
}

/** Answers requests; `tell` is the way back to the node. */
export function sideHost(
  tell: (answer: SideAnswer) => void,
  loopDelayMs: () => number,
): (request: SideRequest) => Promise<void> {
  const running = new Map<number, () => void | Promise<void>>()
  const start = async (request: Extract<SideRequest, { kind: 'start' }>): Promise<void> => {
    const { startService } = (await import(request.module)) as { startService: StartService }
    const end = await startService(sidePort(request.port, loopDelayMs), request.data as never)
    running.set(request.id, async () => {
      await end()
      request.port.close()
    })
  }
  return async (request) => {
    const { id } = request
    try {
      if (request.kind === 'start') await start(request)
      else {
        await running.get(id)?.()
        running.delete(id)
      }
      tell({ kind: request.kind === 'start' ? 'started' : 'ended', id, problem: '' })
    } catch (thrown) {
      tell({ kind: 'failed', id, problem: thrown instanceof Error ? thrown.message : `${thrown}` })
    }
  }
}

const sidePort = (port: MessagePort, loopDelayMs: () => number): SidePort => ({
  post: (message) => port.postMessage(message),
  received: (taker) => void port.on('message', taker),
  loopDelayMs,
})
