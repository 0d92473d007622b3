/**
 * client/watcher: asks every coordinator who leads, and logs each answer.
 *
 * With each answer goes the newest term that had been heard of when its question left: what is
 * told of an older one afterwards was not true any more when it was told.
 */
import type { World } from '#chaos/world/world'
import { ask, fieldsOf } from './http.js'
import type { Ledger } from './ledger.js'

export interface WatcherOptions {
  readonly ledger: Ledger
  readonly world: World
  readonly urls: readonly string[]
  /** Between an answer and the next question to the same coordinator. */
  readonly everyMs: number
}

const GET_MS = 3_000

/** Asks until the signal is given. */
export async function watchLeads(options: WatcherOptions, stop: AbortSignal): Promise<void> {
  const { ledger, world, urls, everyMs } = options
  let newest = 0
  const watchOne = async (url: string): Promise<void> => {
    while (!stop.aborted) {
      const since = newest
      const answer = await ask({ method: 'GET', url: `${url}/cluster`, timeoutMs: GET_MS })
      const { leader, term } = fieldsOf(answer.body)
      const isTold = answer.status === 200 && typeof leader === 'string' && leader !== ''
      if (isTold && Number.isSafeInteger(term)) {
        ledger.write({ kind: 'led', url, leader, term: Number(term), since })
        newest = Math.max(newest, Number(term))
      }
      await world.wait(everyMs, stop)
    }
  }
  await Promise.all(urls.map(watchOne))
}
