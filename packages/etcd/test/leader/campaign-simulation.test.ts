/**
 * Contenders around one etcd, by seeds: never two lead, terms grow, and somebody leads in the end.
 * `TROUPE_SEED` is the first of `TROUPE_SEEDS`; the soak plays more of them.
 */
import { describe, it } from 'node:test'
import { playSeeds } from './campaign-seeds.js'

const SEEDS = Number(process.env['TROUPE_SEEDS'] ?? 1_000)
const FROM = Number(process.env['TROUPE_SEED'] ?? 1)

describe('contenders around one etcd, with cuts, freezes, lost answers, restores and hands', () => {
  it(`never lead two at a time and always come to a leader, in ${SEEDS} seeds`, (t) => {
    playSeeds(t, FROM, SEEDS)
  })
})
