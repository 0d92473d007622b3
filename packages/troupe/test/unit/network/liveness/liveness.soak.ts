/**
 * network/liveness: any datagrams and any course of events, for as long as it is given.
 */
import { describe, it } from 'node:test'
import { anyDatagrams } from './any-datagrams.js'
import { anyCourse } from './course.js'

const first = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 600_000) / 8

describe('liveness', () => {
  for (const [name, run] of Object.entries({ anyDatagrams, anyCourse })) {
    it(`holds, seed after seed: ${name}`, (t) => {
      const endMs = performance.now() + timeMs
      let seed = first
      for (; performance.now() < endMs; seed += 1) run(seed)
      t.diagnostic(`seeds ${first} to ${seed - 1}`)
    })
  }
})
