/**
 * The same worlds of contenders as in `campaign-simulation.test`, 100,000 of them.
 */
import { describe, it } from 'node:test'
import { playSeeds } from './campaign-seeds.js'

const SEEDS = Number(process.env['TROUPE_SEEDS'] ?? 100_000)
const FROM = Number(process.env['TROUPE_SEED'] ?? 1_000_000)

describe('contenders around one etcd, for long', () => {
  it(`never lead two at a time and always come to a leader, in ${SEEDS} seeds`, (t) => {
    playSeeds(t, FROM, SEEDS)
  })
})
