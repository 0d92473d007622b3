/**
 * ports/tcp with clients that do anything, for as long as it is given: its account closes.
 *
 * Seed and time come from `npm run soak`.
 */
import { describe, it } from 'node:test'
import { Certificates } from 'troupe'
import { testAuthority } from '#test/certificates'
import { runRandomClients } from '#test/unit/ports/tcp/random-clients'
import { started } from '#test/unit/ports/tcp/tcp-kit'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000) / 2

describe('the account of a TCP port', () => {
  it('closes over clients that do anything, with TLS and without', async (t) => {
    const node = await started(t)
    const tls = { certificates: new Certificates(await (await testAuthority()).issue()) }
    const untilMs = performance.now() + timeMs
    for (let at = seed; performance.now() < untilMs; at += 1) {
      await runRandomClients(node, { seed: at, clients: 60, ...(at % 2 === 0 ? { tls } : {}) })
    }
  })
})
