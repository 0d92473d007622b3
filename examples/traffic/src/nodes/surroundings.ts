/**
 * nodes/surroundings: what is told beside the account, put together from all programs.
 *
 * Pure. Of a program that is away, what it said last. Restarts are of parts, in all lives.
 */

import type { Surroundings } from '#traffic/account/stats-json'
import type { Book } from './book.js'

export function surroundingsOf(book: Book): Surroundings {
  const [storage, ingest, web] = (['storage', 'ingest', 'web'] as const).map(
    (role) => book.latest(role)?.around,
  )
  const living = [storage, ingest, web].filter((one) => one !== undefined)
  const restarts: Record<string, number> = {}
  for (const one of book.arounds())
    for (const [part, count] of Object.entries(one.restarts))
      restarts[part] = (restarts[part] ?? 0) + count
  const since = book.arounds().map(({ countedSince }) => countedSince)
  return {
    vehicles: storage?.vehicles ?? 0,
    expired: storage?.expired ?? 0,
    restarts,
    receiveBufferBytes: ingest?.receiveBufferBytes ?? 0,
    disk: storage?.disk,
    emergencies: ingest?.emergencies,
    tcp: ingest?.tcp,
    web: web?.web,
    cpuSeconds: living.reduce((sum, one) => sum + one.cpuSeconds, 0),
    residentBytes: living.reduce((sum, one) => sum + one.residentBytes, 0),
    countedSince: since.sort()[0] ?? '',
    programs: book.programs(),
    uptimeMs: web?.uptimeMs ?? 0,
  }
}
